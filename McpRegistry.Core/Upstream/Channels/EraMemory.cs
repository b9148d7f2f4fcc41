namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Which era an instance speaks, so that only its first start pays for finding out.</summary>
internal sealed class EraMemory
{
    private bool _isProven;

    /// <summary>The era to try first. Null: ask.</summary>
    public ProtocolEra? Era { get; private set; }

    /// <summary>A handshake succeeded.</summary>
    public void Proven(ProtocolEra era)
    {
        Era = era;
        _isProven = true;
    }

    /// <summary>A handshake failed.</summary>
    /// <param name="connectionLost">True when the server ended meanwhile; false when it refused or said nothing.</param>
    public void Failed(bool connectionLost)
    {
        // A server that ends, right after it was asked what it speaks, may be an old one that cannot bear the question.
        if (connectionLost && Era is null) Era = ProtocolEra.Legacy;
        else if (!connectionLost || !_isProven) Forget();
    }

    private void Forget()
    {
        Era = null;
        _isProven = false;
    }
}
