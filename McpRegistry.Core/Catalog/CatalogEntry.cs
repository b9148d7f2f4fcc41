using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

using McpRegistry.Core.Catalog.Headers;
using McpRegistry.Core.Json;

namespace McpRegistry.Core.Catalog;

/// <summary>What an entry of a catalog is.</summary>
public enum CatalogKind
{
    /// <summary>A tool.</summary>
    Tool,

    /// <summary>A prompt.</summary>
    Prompt,

    /// <summary>A resource.</summary>
    Resource,

    /// <summary>A template of resource URIs.</summary>
    ResourceTemplate,
}

/// <summary>One tool, prompt, resource or resource template as its service published it, unknown members included. It is checked when it is made of what a service sent.</summary>
public sealed class CatalogEntry
{
    private byte[]? _exposedDefinition;
    private byte[]? _exposedLegacyDefinition;
    private ImmutableArray<HeaderParameter> _headerParameters;
    private int _size;

    /// <summary>What it is.</summary>
    public required CatalogKind Kind { get; init; }

    /// <summary>The service that has it.</summary>
    public required string Service { get; init; }

    /// <summary>The original name; of a resource its <c>uri</c>, of a template its <c>uriTemplate</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name in the merged catalog: <c>service__name</c> for tools and prompts; resources keep their URI.</summary>
    public required string ExposedName { get; init; }

    /// <summary>The object as published; what no client could read in it is mended.</summary>
    public required JsonElement Definition { get; init; }

    /// <summary>What it takes of memory where that is more than its text, as with thousands of empty arrays. In bytes; 0: it is not known.</summary>
    internal int Weight { get; init; }

    /// <summary>How much it takes of a list, in bytes.</summary>
    internal int Size => _size > 0 ? _size : _size = Math.Max(Weight, TextSize);

    private int TextSize => Definition.ValueKind == JsonValueKind.Undefined ? 1 : JsonMarshal.GetRawUtf8Value(Definition).Length + ExposedName.Length - Name.Length;

    /// <summary>The object for clients of revisions before 2026-07-28, where those want it another way. Null: it is the same.</summary>
    public JsonElement? LegacyDefinition { get; init; }

    /// <summary>The object under its exposed name, as UTF-8 JSON, written once: lists of twenty thousand tools are put together of these.</summary>
    public ReadOnlyMemory<byte> ExposedDefinition => _exposedDefinition ??= ExposedJson.Of(this, Definition);

    /// <summary>The same of <see cref="LegacyDefinition"/>.</summary>
    public ReadOnlyMemory<byte> ExposedLegacyDefinition => LegacyDefinition is { } other ? _exposedLegacyDefinition ??= ExposedJson.Of(this, other) : ExposedDefinition;

    /// <summary>The parameters of a tool that also stand in headers (<c>x-mcp-header</c>), found once.</summary>
    public ImmutableArray<HeaderParameter> HeaderParameters =>
        !_headerParameters.IsDefault ? _headerParameters : _headerParameters = Kind == CatalogKind.Tool ? HeaderParameter.Of(Definition) : [];

    /// <summary>Its <c>description</c>, or null.</summary>
    public string? Description => JsonText.TryGetMember(Definition, "description"u8, out var text) ? JsonText.Of(text) : null;

    /// <summary>True when the tool's annotations say it may run twice without harm: <c>readOnlyHint</c> or <c>idempotentHint</c>.</summary>
    public bool ClaimsSafe { get; init; }
}
