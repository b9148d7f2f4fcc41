namespace McpRegistry.SampleServer.Conformance;

/// <summary>The smallest files of their kind.</summary>
internal static class Samples
{
    public const string PngType = "image/png";
    public const string WavType = "audio/wav";

    /// <summary>One red pixel.</summary>
    public static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==");

    /// <summary>A header with no sound after it.</summary>
    public static readonly byte[] Wav = Convert.FromBase64String("UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=");
}
