namespace McpRegistry.Core.Sealing;

/// <summary>A JSON object with the seal of the rest of it as its first member: <c>{"seal":"v1.…","name":…}</c>. Who knows of no seals reads it all the same.</summary>
internal static class SealedJson
{
    private const string Start = "{\"seal\":\"";
    private const string End = "\",";

    /// <summary>Puts a seal on an object that has members.</summary>
    public static string Seal(ClusterSeals seals, SealPurpose purpose, string name, string json) =>
        seals.AreOn ? string.Concat(Start, seals.Make(purpose, name, json), End, json.AsSpan(1)) : json;

    /// <summary>The object without its seal. Null: it has none that fits.</summary>
    public static string? Open(ClusterSeals seals, SealPurpose purpose, string name, string text)
    {
        if (!seals.AreOn) return text;
        if (!IsSealed(text)) return null;
        var end = text.IndexOf(End, Start.Length, StringComparison.Ordinal);
        if (end < 0) return null;
        var json = string.Concat("{", text.AsSpan(end + End.Length));
        return seals.Fits(text.AsSpan(Start.Length, end - Start.Length), purpose, name, json) ? json : null;
    }

    /// <summary>True when there is a seal, whether it fits or not.</summary>
    public static bool IsSealed(string text) => text.StartsWith(Start, StringComparison.Ordinal);
}
