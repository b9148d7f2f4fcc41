using System.Collections.Immutable;
using System.Text.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>One tool of a plain HTTP service and the request it stands for.</summary>
internal sealed record PlainTool
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>The JSON schema of its arguments; always an object.</summary>
    public required JsonElement InputSchema { get; init; }

    /// <summary>The JSON schema of its structured result. Null: none.</summary>
    public JsonElement? OutputSchema { get; init; }

    public required HttpMethod Method { get; init; }

    /// <summary>The path before <see cref="Path"/>, from the origin on, where the document names a server. Null: the base URL's.</summary>
    public string? BasePath { get; init; }

    /// <summary>The path below the base, escaped, with <c>{name}</c> where a parameter goes.</summary>
    public required string Path { get; init; }

    public ImmutableArray<PlainParameter> Parameters { get; init; } = [];

    /// <summary>Names in the query of the base URL: the operator's, which no argument may give a second time.</summary>
    public IReadOnlySet<string> GivenQuery { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>What of the arguments is the body. Null: there is none.</summary>
    public PlainBody? Body { get; init; }

    /// <summary>The media types that are asked for (<c>Accept</c>).</summary>
    public string Accept { get; init; } = AnyAnswer;

    /// <summary>The tool at <c>POST /tools/{name}</c>.</summary>
    public static PlainTool AtToolsPath(string name, string? description, JsonElement inputSchema, JsonElement? outputSchema = null) => new()
    {
        Name = name,
        Description = description,
        InputSchema = inputSchema,
        OutputSchema = outputSchema,
        Method = HttpMethod.Post,
        Path = "/tools/" + Uri.EscapeDataString(name),
        Body = PlainBody.WholeJson,
    };

    /// <summary>JSON rather than anything else.</summary>
    public const string AnyAnswer = "application/json, */*;q=0.8";
}
