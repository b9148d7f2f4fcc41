using McpRegistry.Core.Modeling;

namespace McpRegistry.Tests.Modeling;

public sealed class ToolArgumentsTests
{
    private static readonly ToolPrompt[] Prompts =
    [
        new("text", ToolPromptKind.Text) { Required = true },
        new("times", ToolPromptKind.WholeNumber) { Required = true },
        new("share", ToolPromptKind.Number),
        new("loud", ToolPromptKind.Flag),
        new("mode", ToolPromptKind.Choice) { Choices = ["", "fast", "slow"] },
        new("list", ToolPromptKind.Json),
    ];

    [Fact]
    public void Answers_become_values_of_the_types_asked_for() =>
        Assert.Equal("""{"text":"7","times":3,"share":0.5,"loud":true,"mode":"fast","list":[1,"a"]}""",
            From(("text", "7"), ("times", "3"), ("share", "0.5"), ("loud", "True"), ("mode", "fast"), ("list", """[1,"a"]""")).Json);

    [Fact]
    public void What_was_not_answered_is_not_sent_unless_an_empty_text_is_an_answer() =>
        Assert.Equal("""{"text":"","times":1}""", From(("times", "1"), ("mode", ""), ("share", null)).Json);

    [Fact]
    public void Every_answer_that_cannot_be_taken_is_named()
    {
        var arguments = From(("times", "three"), ("share", "x"), ("loud", "1"), ("mode", "wild"), ("list", "[1"));

        Assert.Null(arguments.Json);
        Assert.Equal(["list", "loud", "mode", "share", "times"], arguments.Problems.Keys);
        Assert.Equal("The tool needs it.", From(("text", "a")).Problems["times"]);
    }

    [Theory]
    [InlineData(null, "{}")]
    [InlineData(" ", "{}")]
    [InlineData("""{ "a": 1 }""", """{ "a": 1 }""")]
    [InlineData("[1]", null)]
    [InlineData("{", null)]
    [InlineData("null", null)]
    public void Arguments_may_be_written_as_JSON(string? text, string? json)
    {
        var arguments = ToolArguments.Parse(text);

        Assert.Equal(json, arguments.Json);
        Assert.Equal(json is null, !arguments.Problems.IsEmpty);
    }

    private static ToolArguments From(params (string Name, string? Text)[] answers) =>
        ToolArguments.From(Prompts, name => answers.FirstOrDefault(one => one.Name == name).Text);
}
