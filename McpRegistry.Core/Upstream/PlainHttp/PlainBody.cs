using System.Collections.Immutable;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>What of the arguments is the body of a request, and how it is written.</summary>
internal sealed record PlainBody
{
    /// <summary>The whole arguments object as JSON, byte for byte.</summary>
    public static PlainBody WholeJson { get; } = new() { Format = PlainFormat.Json, ContentType = "application/json", IsRequired = true };

    public required PlainFormat Format { get; init; }

    /// <summary>The media type as the document has it.</summary>
    public required string ContentType { get; init; }

    /// <summary>The argument that is the body. Null: an object of the arguments that go nowhere else.</summary>
    public string? Argument { get; init; }

    /// <summary>Whether a body is sent although no argument is given for it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>How single fields of a form are written, by name. A field without an entry is written by what its value is.</summary>
    public ImmutableDictionary<string, PlainField> Fields { get; init; } = ImmutableDictionary<string, PlainField>.Empty;
}

/// <summary>How a body is written.</summary>
internal enum PlainFormat
{
    Json,

    /// <summary><c>application/x-www-form-urlencoded</c>.</summary>
    Form,

    /// <summary><c>multipart/form-data</c>.</summary>
    Multipart,

    /// <summary>The argument's text as it is.</summary>
    Text,

    /// <summary>The bytes that the argument holds as base64.</summary>
    Binary,
}

/// <summary>How one field of a form is written (OpenAPI 3, Encoding Object).</summary>
internal sealed record PlainField
{
    /// <summary>The media type of its part. Null: by its value.</summary>
    public string? ContentType { get; init; }

    /// <summary>True: the argument is base64, what is sent are its bytes, as a file.</summary>
    public bool IsBinary { get; init; }

    /// <summary>True: the value is written as JSON text.</summary>
    public bool IsJson { get; init; }

    /// <summary>The style the document asks for. Null: none, lists are repeated and objects are JSON.</summary>
    public PlainParameter? Style { get; init; }
}
