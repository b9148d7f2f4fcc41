using System.Collections.Immutable;
using System.Text.Json;

namespace McpRegistry.Hosting.Registry;

/// <summary>The commands on the row of a service.</summary>
internal static class ServiceCommands
{
    /// <summary>New ones for a service; a row takes its commands over when it is first shown.</summary>
    public static ImmutableArray<ResourceCommandAnnotation> Of(string service) =>
    [
        Command("check-health", "Check health now", "Probes every instance and shows the verdicts.", "HeartPulse",
            (registry, context) => CheckHealthAsync(registry, service, context)),
        Command("refresh-tools", "Refresh tools of all servers", "Reads the lists of tools, prompts and resources of all servers again.", "ArrowSync",
            (registry, context) => RefreshAsync(registry, context)),
        Command("call-a-tool", "Call a tool", "Calls a tool through the registry, with the arguments it asks for.", "Wrench",
            (registry, context) => ToolCallCommand.AskAndRunAsync(registry, service, context), isHighlighted: true, visibility: ResourceCommandVisibility.UI),
        Command("call-tool", "Call a tool by its name", "Calls a tool through the registry.", "Wrench",
            (registry, context) => ToolCallCommand.RunAsync(registry, service, context), ToolCallCommand.Arguments(), visibility: ResourceCommandVisibility.Api),
    ];

    /// <summary>A command that is there while the row's resource runs.</summary>
    public static ResourceCommandAnnotation Command(
        string name, string title, string description, string icon, Func<RegistryClient, ExecuteCommandContext, Task<ExecuteCommandResult>> run,
        IReadOnlyList<InteractionInput>? arguments = null, bool isHighlighted = false, Func<CustomResourceSnapshot, bool>? isOffered = null,
        ResourceCommandVisibility visibility = ResourceCommandVisibility.UI | ResourceCommandVisibility.Api) =>
        new(name, title,
            context => isOffered?.Invoke(context.ResourceSnapshot) == false ? ResourceCommandState.Hidden
                : context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            context => RunAsync(run, context), description, arguments, confirmationMessage: null, icon, IconVariant.Regular, isHighlighted, visibility);

    private static async Task<ExecuteCommandResult> CheckHealthAsync(RegistryClient registry, string service, ExecuteCommandContext context)
    {
        var answer = await registry.PostAsync($"/api/services/{service}/health/check", null, context.CancellationToken);
        return answer.IsSuccess
            ? CommandResults.Success($"'{service}' is checked.", Verdicts(answer.Body), CommandResultFormat.Markdown, displayImmediately: true)
            : CommandResults.Failure("The registry refused.", answer.Body, CommandResultFormat.Json);
    }

    private static async Task<ExecuteCommandResult> RefreshAsync(RegistryClient registry, ExecuteCommandContext context)
    {
        var answer = await registry.PostAsync("/api/discovery/refresh", null, context.CancellationToken);
        return answer.IsSuccess
            ? CommandResults.Success("The lists are read again.", answer.Body, CommandResultFormat.Json)
            : CommandResults.Failure("The registry refused.", answer.Body, CommandResultFormat.Json);
    }

    // The registry's answer has the last twenty probes of each instance, which nobody reads in a dialog.
    private static string Verdicts(string health) =>
        string.Join('\n', JsonElement.Parse(health).GetProperty("instances").EnumerateArray().Select(one =>
            $"- `{one.GetProperty("instance_id")}` is **{one.GetProperty("status")}**{Because(one.GetProperty("error"))}"));

    private static string Because(JsonElement error) => error.ValueKind == JsonValueKind.String ? $": {error}" : "";

    private static async Task<ExecuteCommandResult> RunAsync(Func<RegistryClient, ExecuteCommandContext, Task<ExecuteCommandResult>> run, ExecuteCommandContext context)
    {
        if (context.Services.GetService(typeof(RegistryClient)) is not RegistryClient registry) return CommandResults.Failure("There is no registry in this model.");
        try
        {
            return await run(registry, context);
        }
        catch (HttpRequestException unreachable)
        {
            return CommandResults.Failure($"The registry cannot be reached: {unreachable.Message}");
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            return CommandResults.Failure("The registry does not answer.");
        }
    }
}
