using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpRegistry.Core.Modeling;

/// <summary>The arguments of a tool call, from what a person answered.</summary>
/// <param name="Json">The arguments as a JSON object. Null when an answer cannot be taken.</param>
/// <param name="Problems">By argument, what is wrong with its answer; empty when nothing is.</param>
public sealed record ToolArguments(string? Json, ImmutableSortedDictionary<string, string> Problems)
{
    /// <summary>Turns texts into values of the types the schema asks for. An empty answer to an optional question is no argument.</summary>
    /// <param name="prompts">The questions, see <see cref="ToolPrompts.Of"/>.</param>
    /// <param name="answer">The answer to a question, by the argument's name. Null: none.</param>
    public static ToolArguments From(IEnumerable<ToolPrompt> prompts, Func<string, string?> answer)
    {
        var arguments = new JsonObject();
        var problems = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var prompt in prompts)
        {
            var text = answer(prompt.Name);
            if (string.IsNullOrEmpty(text))
            {
                if (prompt.Required && prompt.Kind != ToolPromptKind.Text) problems[prompt.Name] = "The tool needs it.";
                else if (prompt.Required) arguments[prompt.Name] = "";
                continue;
            }
            if (TryRead(prompt, text, out var value)) arguments[prompt.Name] = value;
            else problems[prompt.Name] = Expected(prompt.Kind);
        }
        return new ToolArguments(problems.Count == 0 ? arguments.ToJsonString() : null, problems.ToImmutable());
    }

    /// <summary>Takes arguments that were written as JSON. Nothing written is an empty object.</summary>
    public static ToolArguments Parse(string? text)
    {
        var none = ImmutableSortedDictionary<string, string>.Empty;
        if (string.IsNullOrWhiteSpace(text)) return new ToolArguments("{}", none);
        return TryParse(text, out var value) && value is JsonObject
            ? new ToolArguments(text, none)
            : new ToolArguments(null, none.Add("arguments", "It must be a JSON object."));
    }

    private static bool TryRead(ToolPrompt prompt, string text, out JsonNode? value)
    {
        value = null;
        switch (prompt.Kind)
        {
            case ToolPromptKind.WholeNumber:
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return false;
                value = whole;
                return true;
            case ToolPromptKind.Number:
                if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return false;
                value = number;
                return true;
            case ToolPromptKind.Flag:
                if (!bool.TryParse(text, out var flag)) return false;
                value = flag;
                return true;
            case ToolPromptKind.Choice:
                value = text;
                return prompt.Choices.Contains(text);
            case ToolPromptKind.Json:
                return TryParse(text, out value);
            default:
                value = text;
                return true;
        }
    }

    private static bool TryParse(string text, out JsonNode? value)
    {
        value = null;
        try
        {
            value = JsonNode.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Expected(ToolPromptKind kind) => kind switch
    {
        ToolPromptKind.WholeNumber => "It must be a whole number.",
        ToolPromptKind.Number => "It must be a number.",
        ToolPromptKind.Flag => "It must be true or false.",
        ToolPromptKind.Choice => "It must be one of the choices.",
        _ => "It must be JSON.",
    };
}
