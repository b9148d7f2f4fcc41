using System.Collections.Immutable;

namespace McpRegistry.Core.Modeling;

/// <summary>One question to a person, for one argument of a tool.</summary>
/// <param name="Name">The argument's name.</param>
/// <param name="Kind">What may be answered.</param>
public sealed record ToolPrompt(string Name, ToolPromptKind Kind)
{
    /// <summary>What the question is called. Default: the argument's name.</summary>
    public string Label { get; init; } = Name;

    /// <summary>What the tool's author says of the argument. Null: nothing.</summary>
    public string? Description { get; init; }

    /// <summary>Whether the tool needs an answer.</summary>
    public bool Required { get; init; }

    /// <summary>The answer to start from, as text. Null: none.</summary>
    public string? Default { get; init; }

    /// <summary>What may be chosen; empty unless the kind is <see cref="ToolPromptKind.Choice"/>. An empty text stands for "no answer".</summary>
    public ImmutableArray<string> Choices { get; init; } = [];
}

/// <summary>What may be answered to a <see cref="ToolPrompt"/>.</summary>
public enum ToolPromptKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>One of the choices.</summary>
    Choice,

    /// <summary>A JSON text: an object, an array, or what has no simpler form.</summary>
    Json,
}
