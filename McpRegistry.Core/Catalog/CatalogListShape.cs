using System.Text;
using System.Text.Json;

using McpRegistry.Core.Catalog.Definitions;

namespace McpRegistry.Core.Catalog;

/// <summary>How one kind of list looks on the wire, and how its items become entries.</summary>
/// <param name="Kind">What it is a list of.</param>
/// <param name="Capability">The capability of servers that have it.</param>
/// <param name="Method">The request for it.</param>
/// <param name="Member">The member of the result that holds it.</param>
/// <param name="Key">The member of an item that it is called by.</param>
/// <param name="MaxKeyLength">How long that may be, in characters.</param>
internal sealed record CatalogListShape(CatalogKind Kind, string Capability, string Method, string Member, string Key, int MaxKeyLength)
{
    private static readonly CatalogListShape[] All =
    [
        new(CatalogKind.Tool, "tools", "tools/list", "tools", "name", DefinitionReader.MaxNameLength),
        new(CatalogKind.Prompt, "prompts", "prompts/list", "prompts", "name", DefinitionReader.MaxNameLength),
        new(CatalogKind.Resource, "resources", "resources/list", "resources", "uri", DefinitionReader.MaxUriLength),
        new(CatalogKind.ResourceTemplate, "resources", "resources/templates/list", "resourceTemplates", "uriTemplate", DefinitionReader.MaxTemplateLength),
    ];

    /// <summary>True when its items have names that are exposed under that of their service, not URIs.</summary>
    public bool IsNamed => Kind is CatalogKind.Tool or CatalogKind.Prompt;

    /// <summary><see cref="Key"/> as UTF-8.</summary>
    public byte[] KeyUtf8 { get; } = Encoding.UTF8.GetBytes(Key);

    /// <summary><see cref="Member"/> as UTF-8.</summary>
    public byte[] MemberUtf8 { get; } = Encoding.UTF8.GetBytes(Member);

    public static CatalogListShape Of(CatalogKind kind) => All[(int)kind];

    /// <inheritdoc cref="DefinitionReader.Read(CatalogListShape, string, JsonElement)"/>
    public DefinitionReading Read(string service, JsonElement item) => DefinitionReader.Read(this, service, item);

    /// <inheritdoc cref="DefinitionReader.Read(CatalogListShape, string, ReadOnlySpan{byte})"/>
    public DefinitionReading Read(string service, ReadOnlySpan<byte> item) => DefinitionReader.Read(this, service, item);
}
