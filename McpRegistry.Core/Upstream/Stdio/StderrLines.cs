namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Puts lines together again, however the pipe cuts them.</summary>
/// <param name="longest">The longest line, in bytes; what is longer comes in pieces of this length.</param>
/// <param name="heard">Gets each line without its end; empty ones are left out.</param>
internal sealed class StderrLines(int longest, Action<ReadOnlySpan<byte>> heard)
{
    private readonly byte[] _line = new byte[longest];
    private int _length;

    /// <summary>Takes what was read.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var lineFeed = bytes.IndexOf((byte)'\n');
            var part = lineFeed < 0 ? bytes : bytes[..lineFeed];
            var taken = Math.Min(part.Length, longest - _length);
            part[..taken].CopyTo(_line.AsSpan(_length));
            _length += taken;
            var isWhole = taken == part.Length;
            bytes = bytes[(isWhole && lineFeed >= 0 ? taken + 1 : taken)..];
            if (!isWhole || lineFeed >= 0) End();
        }
    }

    /// <summary>Gives out what has come of a line that will not be ended.</summary>
    public void End()
    {
        var line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');
        _length = 0;
        if (!line.IsEmpty) heard(line);
    }
}
