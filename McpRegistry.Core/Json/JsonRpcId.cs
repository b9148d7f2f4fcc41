using System.Buffers.Text;

namespace McpRegistry.Core.Json;

/// <summary>Ids of messages. Ours are whole numbers, but not everybody gives them back as they came: <c>"7"</c>, <c>7.0</c>.</summary>
public static class JsonRpcId
{
    /// <summary>The whole number that an id stands for. False: it stands for none.</summary>
    /// <param name="raw">The id as it stands in a message, quotes included.</param>
    /// <param name="number">The number.</param>
    public static bool TryReadNumber(ReadOnlySpan<byte> raw, out long number)
    {
        if (raw.Length > 2 && raw[0] == (byte)'"' && raw[^1] == (byte)'"') raw = raw[1..^1];
        return (Utf8Parser.TryParse(raw, out number, out var consumed) && consumed == raw.Length) || TryReadWhole(raw, out number);
    }

    // 7.0, 7e0: what a language with one kind of number writes.
    private static bool TryReadWhole(ReadOnlySpan<byte> raw, out long number)
    {
        number = 0;
        if (!Utf8Parser.TryParse(raw, out double value, out var consumed) || consumed != raw.Length) return false;
        if (!(Math.Abs(value) <= LargestExact) || value != Math.Truncate(value)) return false;
        number = (long)value;
        return true;
    }

    private const double LargestExact = 1L << 53;
}
