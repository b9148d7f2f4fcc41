using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Modeling;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Hosting.Registry;

/// <summary>
/// Calls a tool from the dashboard, which asks for it and then for each argument, or from the Aspire CLI and agents, which name both.
/// Two commands: the page of the dashboard breaks on a declared choice whose options come later (13.6), and a prompt needs a person.
/// </summary>
internal static class ToolCallCommand
{
    private const string Tool = "tool";
    private const string Given = "arguments";
    private const int LongestOption = 100;

    public static ImmutableArray<InteractionInput> Arguments() =>
    [
        new InteractionInput { Name = Tool, Label = "Tool", InputType = InputType.Text, Required = true },
        new InteractionInput { Name = Given, Label = "Arguments (JSON)", InputType = InputType.Text, Placeholder = "{}" },
    ];

    /// <summary>For whoever sits before the dashboard.</summary>
    public static async Task<ExecuteCommandResult> AskAndRunAsync(RegistryClient registry, string service, ExecuteCommandContext context)
    {
        var tools = await registry.ToolsAsync(service, context.CancellationToken);
        if (tools.IsEmpty) return CommandResults.Failure($"'{service}' has no tools.");
        var choice = new InteractionInput
        {
            Name = Tool,
            Label = "Tool",
            InputType = InputType.Choice,
            Required = true,
            Value = tools[0].Name,
            Options = [.. tools.Select(one => KeyValuePair.Create(one.Name, Describe(one)))],
        };
        var chosen = await context.Services.GetRequiredService<IInteractionService>()
            .PromptInputAsync($"Call a tool of {service}", null, choice, new InputsDialogInteractionOptions { PrimaryButtonText = "Next" }, context.CancellationToken);
        if (chosen.Canceled) return CommandResults.Canceled();
        var tool = tools.First(one => one.Name == chosen.Data.Value);
        return await AskAsync(tool, context) is { } arguments ? await CallAsync(registry, service, tool, arguments, context) : CommandResults.Canceled();
    }

    /// <summary>For scripts and agents.</summary>
    public static async Task<ExecuteCommandResult> RunAsync(RegistryClient registry, string service, ExecuteCommandContext context)
    {
        var name = context.Arguments[Tool].Value;
        var tools = await registry.ToolsAsync(service, context.CancellationToken);
        return tools.FirstOrDefault(one => one.Name == name) is { } tool
            ? await CallAsync(registry, service, tool, ToolArguments.Parse(context.Arguments.GetString(Given)), context)
            : CommandResults.Failure($"'{service}' has no tool '{name}'. It has: {string.Join(", ", tools.Select(one => one.Name))}.");
    }

    private static async Task<ExecuteCommandResult> CallAsync(RegistryClient registry, string service, ToolView tool, ToolArguments arguments, ExecuteCommandContext context)
    {
        if (arguments.Json is not { } json) return CommandResults.Failure(string.Join(" ", arguments.Problems.Select(one => $"{one.Key}: {one.Value}")));
        var answer = await registry.PostAsync($"/api/services/{service}/tools/{Uri.EscapeDataString(tool.Name)}", json, context.CancellationToken);
        return answer.IsSuccess && !IsToolError(answer.Body)
            ? CommandResults.Success($"{tool.Name} answered.", answer.Body, CommandResultFormat.Json, displayImmediately: true)
            : CommandResults.Failure($"{tool.Name} failed.", answer.Body, CommandResultFormat.Json);
    }

    // The call succeeded, and the tool says that its work did not.
    private static bool IsToolError(string body)
    {
        try { return JsonElement.Parse(body) is { ValueKind: JsonValueKind.Object } result && result.TryGetProperty("isError", out var isError) && isError.ValueKind == JsonValueKind.True; }
        catch (JsonException) { return false; }
    }

    private static string Describe(ToolView tool)
    {
        var text = string.IsNullOrWhiteSpace(tool.Description) ? tool.Name : $"{tool.Name}: {tool.Description.ReplaceLineEndings(" ").Trim()}";
        return text.Length <= LongestOption ? text : text[..(LongestOption - 1)] + "…";
    }

    /// <summary>Null: the person changed his mind.</summary>
    private static async Task<ToolArguments?> AskAsync(ToolView tool, ExecuteCommandContext context)
    {
        var prompts = ToolPrompts.Of(tool.InputSchema);
        var interaction = context.Services.GetRequiredService<IInteractionService>();
        if (prompts.IsEmpty) return ToolArguments.Parse(null);

        var answers = await interaction.PromptInputsAsync(
            tool.Name, tool.Description, [.. prompts.Select(ToInput)],
            new InputsDialogInteractionOptions { PrimaryButtonText = "Call", ValidationCallback = context => ValidateAsync(prompts, context) }, context.CancellationToken);
        return answers.Canceled ? null : Read(prompts, answers.Data);
    }

    private static Task ValidateAsync(ImmutableArray<ToolPrompt> prompts, InputsDialogValidationContext context)
    {
        foreach (var (name, problem) in Read(prompts, context.Inputs).Problems)
            context.AddValidationError(context.Inputs[IndexOf(prompts, name)], problem);
        return Task.CompletedTask;
    }

    private static ToolArguments Read(ImmutableArray<ToolPrompt> prompts, InteractionInputCollection answers) =>
        ToolArguments.From(prompts, name => answers[IndexOf(prompts, name)].Value);

    private static int IndexOf(ImmutableArray<ToolPrompt> prompts, string name) => prompts.IndexOf(prompts.First(one => one.Name == name));

    // Names of inputs may differ in more than capitals only; those of arguments need not.
    private static InteractionInput ToInput(ToolPrompt prompt, int index) => new()
    {
        Name = FormattableString.Invariant($"argument-{index}"),
        Label = prompt.Label,
        Description = prompt.Description,
        Required = prompt.Required && prompt.Kind != ToolPromptKind.Text,
        Value = prompt.Default,
        InputType = prompt.Kind switch
        {
            // A switch has no position for "not said".
            ToolPromptKind.Flag when prompt.Required => InputType.Boolean,
            ToolPromptKind.Flag or ToolPromptKind.Choice => InputType.Choice,
            // Numbers too: Aspire's input for numbers takes whole ones up to 2^31 only, and says nothing when it refuses.
            _ => InputType.Text,
        },
        Options = prompt.Kind switch
        {
            ToolPromptKind.Flag when !prompt.Required => [Option(""), Option("true"), Option("false")],
            ToolPromptKind.Choice => [.. prompt.Choices.Select(Option)],
            _ => null,
        },
        Placeholder = prompt.Kind switch
        {
            ToolPromptKind.WholeNumber => "A whole number",
            ToolPromptKind.Number => "A number",
            ToolPromptKind.Json => "JSON",
            _ => null,
        },
    };

    private static KeyValuePair<string, string> Option(string value) => KeyValuePair.Create(value, value.Length == 0 ? "(nothing)" : value);
}
