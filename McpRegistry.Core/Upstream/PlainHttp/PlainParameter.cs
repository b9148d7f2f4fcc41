namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>An argument that travels outside the body (OpenAPI 3, Parameter Object).</summary>
internal sealed record PlainParameter
{
    /// <summary>Its name among the arguments.</summary>
    public required string Argument { get; init; }

    /// <summary>Its name on the wire.</summary>
    public required string Name { get; init; }

    public required PlainLocation In { get; init; }

    public required PlainStyle Style { get; init; }

    /// <summary>Whether each item of a list or member of an object stands for itself.</summary>
    public bool Explode { get; init; }

    /// <summary>Whether characters that mean something in a URL stay as they are.</summary>
    public bool AllowReserved { get; init; }

    /// <summary>Whether a list or an object may be given; false where its schema allows only one value.</summary>
    public bool TakesParts { get; init; } = true;
}

/// <summary>Where a parameter goes.</summary>
internal enum PlainLocation
{
    Path,
    Query,
    Header,
    Cookie,
}

/// <summary>How lists and objects are written in a parameter.</summary>
internal enum PlainStyle
{
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,

    /// <summary>Not by a style: the value is a JSON text (<c>content</c>).</summary>
    Json,
}
