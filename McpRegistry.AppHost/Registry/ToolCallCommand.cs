using System.Collections.Immutable;

using McpRegistry.Core.Modeling;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.AppHost.Registry;

/// <summary>Calls a tool from the dashboard or the Aspire CLI. The tools are known only while the registry runs, so what they need is asked in a second step.</summary>
internal static class ToolCallCommand
{
    private const string Tool = "tool";
    private const string Given = "arguments";

    public static ImmutableArray<InteractionInput> Arguments(string service) =>
    [
        new InteractionInput
        {
            Name = Tool, Label = "Tool", InputType = InputType.Choice, Required = true, AllowCustomChoice = true,
            DynamicLoading = new InputLoadOptions { AlwaysLoadOnStart = true, LoadCallback = context => LoadToolsAsync(service, context) },
        },
        new InteractionInput { Name = Given, Label = "Arguments (JSON)", InputType = InputType.Text, Placeholder = "Leave it empty to be asked for each" },
    ];

    public static async Task<ExecuteCommandResult> RunAsync(RegistryClient registry, string service, ExecuteCommandContext context)
    {
        var name = context.Arguments[Tool].Value;
        var tools = await registry.ToolsAsync(service, context.CancellationToken);
        if (tools.FirstOrDefault(one => one.Name == name) is not { } tool)
            return CommandResults.Failure($"'{service}' has no tool '{name}'. It has: {string.Join(", ", tools.Select(one => one.Name))}.");

        var given = context.Arguments.GetString(Given);
        var arguments = string.IsNullOrWhiteSpace(given) ? await AskAsync(tool, context) : ToolArguments.Parse(given);
        if (arguments is null) return CommandResults.Canceled();
        if (arguments.Json is not { } json) return CommandResults.Failure(string.Join(" ", arguments.Problems.Select(one => $"{one.Key}: {one.Value}")));

        var answer = await registry.PostAsync($"/api/services/{service}/tools/{Uri.EscapeDataString(tool.Name)}", json, context.CancellationToken);
        return answer.IsSuccess
            ? CommandResults.Success($"{tool.Name} answered.", answer.Body, CommandResultFormat.Json, displayImmediately: true)
            : CommandResults.Failure($"{tool.Name} failed.", answer.Body, CommandResultFormat.Json);
    }

    private static async Task LoadToolsAsync(string service, LoadInputContext context)
    {
        var registry = context.Services.GetRequiredService<RegistryClient>();
        var tools = await registry.ToolsAsync(service, context.CancellationToken);
        context.Input.Options = [.. tools.Select(one => KeyValuePair.Create(one.Name, one.Name))];
    }

    /// <summary>Null: the person changed his mind.</summary>
    private static async Task<ToolArguments?> AskAsync(ToolView tool, ExecuteCommandContext context)
    {
        var prompts = ToolPrompts.Of(tool.InputSchema);
        var interaction = context.Services.GetRequiredService<IInteractionService>();
        // Nobody can be asked from a script; the tool itself says then what it misses.
        if (prompts.IsEmpty || !interaction.IsAvailable) return ToolArguments.Parse(null);

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
