namespace McpRegistry.Core.State;

/// <summary>
/// Who has used an instance: what it tells outside of calls may be about any of them. Told with each call; where nothing is new that is
/// one comparison.
/// </summary>
/// <param name="isOfProgram">True: each connection is to a new program, which knows nothing of those before. Behind an address the same one may open a new session.</param>
public sealed class InstanceAudience(bool isOfProgram = false)
{
    private static readonly object Many = new();

    private volatile object? _user;

    /// <summary>A client uses it, or has used it: said before and after, for the instance may begin anew between.</summary>
    /// <param name="client">What tells the client from others. Null: nothing does, so it is another one each time.</param>
    public void Used(object? client)
    {
        var user = _user;
        if (user == Many || (client is not null && user == client)) return;
        if (client is null || (Interlocked.CompareExchange(ref _user, client, null) is { } other && other != client)) _user = Many;
    }

    /// <summary>True when nobody but this client has used it.</summary>
    public bool IsOnly(object client) => _user is not { } user || user == client;

    /// <summary>The instance was connected, the first time or again.</summary>
    public void Connected()
    {
        if (isOfProgram) _user = null;
    }
}
