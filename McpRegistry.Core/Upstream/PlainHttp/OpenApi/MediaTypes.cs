namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>What the media types of a document mean for a body.</summary>
internal static class MediaTypes
{
    public static bool IsJson(string mediaType) => Bare(mediaType) is "application/json" or "text/json" || Bare(mediaType).EndsWith("+json", StringComparison.Ordinal);

    /// <summary>How a body of that type is written. Null: not at all.</summary>
    public static PlainFormat? FormatOf(string mediaType) => Bare(mediaType) switch
    {
        // "Anything" is read as what most services mean by it.
        "*/*" or "application/*" => PlainFormat.Json,
        "application/x-www-form-urlencoded" => PlainFormat.Form,
        "multipart/form-data" => PlainFormat.Multipart,
        "application/octet-stream" => PlainFormat.Binary,
        "text/plain" or "text/csv" or "text/html" or "text/markdown" or "text/*" => PlainFormat.Text,
        _ when IsJson(mediaType) => PlainFormat.Json,
        _ => null,
    };

    /// <summary>The type as it is sent.</summary>
    public static string Sent(string mediaType) => Bare(mediaType) switch
    {
        "*/*" or "application/*" => "application/json",
        "text/*" => "text/plain",
        _ => mediaType,
    };

    /// <summary>True when a type can stand in a header.</summary>
    public static bool IsSound(string mediaType) => mediaType.Length <= Longest && System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(mediaType, out _);

    private const int Longest = 128;

    private static string Bare(string mediaType) => mediaType.Split(';')[0].Trim().ToLowerInvariant();
}
