using System.Globalization;

namespace McpRegistry.Core.Catalog.Limits;

/// <summary>Sizes as people write them.</summary>
internal static class SizeWords
{
    private const int Kibi = 1024;

    /// <summary>As <c>4 MiB</c>, <c>240 KiB</c> or <c>1,500 bytes</c>.</summary>
    public static string Of(long bytes) => bytes switch
    {
        >= Kibi * Kibi when bytes % (Kibi * Kibi) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (Kibi * Kibi)} MiB"),
        >= Kibi when bytes % Kibi == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / Kibi} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes"),
    };
}
