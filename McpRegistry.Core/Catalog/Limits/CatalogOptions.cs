using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Catalog.Limits;

/// <summary>
/// How much services may list, section <c>McpRegistry:Catalog</c>. The lists of all services are held in memory and sent to every
/// client, so what one service publishes must never be so much that it costs the others theirs.
/// </summary>
public sealed class CatalogOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Catalog";

    internal const int DefaultMergedBytes = 16 * 1024 * 1024;

    /// <summary>Tools of one service, and as many prompts. Default 2,000: the largest public APIs that become tools have some 1,100 operations.</summary>
    [Range(1, 100_000)]
    public int MaxTools { get; set; } = 2_000;

    /// <summary>Resources that one service lists. Default 10,000; a service may have more that it does not list.</summary>
    [Range(1, 100_000)]
    public int MaxResources { get; set; } = 10_000;

    /// <summary>Resource templates of one service. Default 200.</summary>
    [Range(1, 10_000)]
    public int MaxTemplates { get; set; } = 200;

    /// <summary>One list of one service, in bytes of its definitions. Default 4 MiB; of a longer one the largest definitions are left out first.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxListBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>One list of <c>/mcp</c>, of all services together, in bytes of its definitions. Default 16 MiB; of a longer one those services are cut that take most of it.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxMergedBytes { get; set; } = DefaultMergedBytes;

    /// <summary>How many entries of a list are taken.</summary>
    internal int MostOf(CatalogKind kind) => kind switch
    {
        CatalogKind.Resource => MaxResources,
        CatalogKind.ResourceTemplate => MaxTemplates,
        _ => MaxTools,
    };
}
