using Microsoft.Extensions.Primitives;

namespace McpRegistry.Mcp;

/// <summary>
/// The value of a header that has one. Proxies and careless clients repeat headers, in lines of their own or joined by commas; equal
/// copies say one thing.
/// </summary>
internal static class OneValue
{
    /// <summary>The value. Null: there is none, or copies that differ. For headers whose values never hold a comma.</summary>
    public static string? Of(StringValues header)
    {
        if (OfLines(header) is not { } value) return null;
        if (!value.Contains(',')) return value;
        var copies = value.Split(',', StringSplitOptions.TrimEntries);
        return Array.TrueForAll(copies, one => one == copies[0]) ? copies[0] : null;
    }

    /// <summary>The same for headers whose values may hold commas: only whole lines count as copies.</summary>
    public static string? OfLines(StringValues header)
    {
        if (header.Count == 0) return null;
        for (var i = 1; i < header.Count; i++)
            if (header[i] != header[0]) return null;
        return header[0];
    }
}
