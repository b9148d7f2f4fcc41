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

    /// <summary>The path below the base URL, with <c>{name}</c> where a parameter goes.</summary>
    public required string Path { get; init; }

    public ImmutableArray<PlainParameter> Parameters { get; init; } = [];

    public required PlainBody Body { get; init; }

    /// <summary>True when a 404 speaks of what the arguments name, not of the tool itself.</summary>
    public bool NamesAResource { get; init; }

    /// <summary>The tool at <c>POST /tools/{name}</c>.</summary>
    public static PlainTool AtToolsPath(string name, string? description, JsonElement inputSchema, JsonElement? outputSchema = null) => new()
    {
        Name = name,
        Description = description,
        InputSchema = inputSchema,
        OutputSchema = outputSchema,
        Method = HttpMethod.Post,
        Path = "/tools/" + Uri.EscapeDataString(name),
        Body = PlainBody.AllArguments,
    };
}

/// <summary>An argument that travels in the URL.</summary>
/// <param name="Name">Its name, in the arguments and in the URL.</param>
/// <param name="IsInPath">True: part of the path. False: of the query.</param>
internal readonly record struct PlainParameter(string Name, bool IsInPath);

/// <summary>What of the arguments is the body of the request.</summary>
internal enum PlainBody
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>The whole arguments object, byte for byte.</summary>
    AllArguments,

    /// <summary>An object of the arguments that are not in the URL.</summary>
    RemainingArguments,

    /// <summary>The value of the argument <c>body</c>.</summary>
    BodyArgument,
}
