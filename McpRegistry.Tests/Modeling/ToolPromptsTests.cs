using System.Text.Json;

using McpRegistry.Core.Modeling;

namespace McpRegistry.Tests.Modeling;

public sealed class ToolPromptsTests
{
    [Fact]
    public void Every_property_becomes_a_question_and_the_required_ones_come_first()
    {
        var prompts = Of("""
            { "type": "object", "required": ["city"],
              "properties": { "days": { "type": "integer", "default": 3 }, "city": { "type": "string", "title": "City", "description": "Where." } } }
            """);

        Assert.Equal(["city", "days"], prompts.Select(one => one.Name));
        Assert.Equal(("City", "Where.", true, (string?)null), (prompts[0].Label, prompts[0].Description, prompts[0].Required, prompts[0].Default));
        Assert.Equal(("days", false, "3"), (prompts[1].Label, prompts[1].Required, prompts[1].Default));
    }

    [Theory]
    [InlineData("""{ "type": "string" }""", ToolPromptKind.Text)]
    [InlineData("""{ "type": "number" }""", ToolPromptKind.Number)]
    [InlineData("""{ "type": "integer" }""", ToolPromptKind.WholeNumber)]
    [InlineData("""{ "type": "boolean" }""", ToolPromptKind.Flag)]
    [InlineData("""{ "type": "array", "items": { "type": "string" } }""", ToolPromptKind.Json)]
    [InlineData("""{ "type": "object" }""", ToolPromptKind.Json)]
    [InlineData("""{ "type": ["string", "null"] }""", ToolPromptKind.Text)]
    [InlineData("""{ "type": ["string", "integer"] }""", ToolPromptKind.Json)]
    [InlineData("""{ "anyOf": [{ "type": "integer" }, { "type": "null" }] }""", ToolPromptKind.WholeNumber)]
    [InlineData("""{ "enum": ["a", "b"] }""", ToolPromptKind.Choice)]
    [InlineData("""{ "type": "integer", "enum": [1, 2] }""", ToolPromptKind.WholeNumber)]
    [InlineData("{ }", ToolPromptKind.Json)]
    [InlineData("true", ToolPromptKind.Json)]
    public void The_type_decides_what_may_be_answered(string property, ToolPromptKind kind) =>
        Assert.Equal(kind, Assert.Single(Of($$"""{ "properties": { "it": {{property}} } }""")).Kind);

    [Fact]
    public void Who_need_not_choose_may_choose_nothing()
    {
        var prompts = Of("""{ "required": ["a"], "properties": { "a": { "enum": ["x", "y"], "default": "z" }, "b": { "enum": ["x"], "default": "x" } } }""");

        Assert.Equal(["x", "y"], prompts[0].Choices.AsEnumerable());
        Assert.Null(prompts[0].Default);
        Assert.Equal(["", "x"], prompts[1].Choices.AsEnumerable());
        Assert.Equal("x", prompts[1].Default);
    }

    [Theory]
    [InlineData("{ }")]
    [InlineData("""{ "type": "object", "properties": {} }""")]
    [InlineData("""{ "properties": [] }""")]
    [InlineData("null")]
    public void A_tool_without_arguments_asks_nothing(string schema) => Assert.Empty(Of(schema));

    private static IReadOnlyList<ToolPrompt> Of(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return [.. ToolPrompts.Of(document.RootElement)];
    }
}
