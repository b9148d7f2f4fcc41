using System.Collections.Immutable;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Hosting.Registry;

/// <summary>The commands on the row of one running copy.</summary>
internal static class InstanceCommands
{
    public static IResourceBuilder<IResourceWithEndpoints> WithInstanceCommands(this IResourceBuilder<IResourceWithEndpoints> copy, McpServerResource server) => copy
        .WithAnnotation(ServiceCommands.Command("drain", "Drain", "Sends it no new calls; those it has end by themselves.", "PauseCircle",
            (registry, context) => DrainAsync(registry, server, copy.Resource, true, context), isOffered: row => !IsDraining(row)))
        .WithAnnotation(ServiceCommands.Command("undrain", "Undrain", "Sends it calls again.", "PlayCircle",
            (registry, context) => DrainAsync(registry, server, copy.Resource, false, context), isOffered: IsDraining));

    /// <summary>The registry knows copies by address; a port of this machine is one address only.</summary>
    public static InstanceView? Find(IResourceWithEndpoints copy, ImmutableArray<InstanceView> instances)
    {
        var endpoint = copy.GetEndpoint("http");
        return endpoint.IsAllocated ? instances.FirstOrDefault(one => one.BaseUrl?.Port == endpoint.Port) : null;
    }

    private static bool IsDraining(CustomResourceSnapshot row) => row.Properties.Any(one => one is { Name: ServiceRows.Draining, Value: "yes" });

    private static async Task<ExecuteCommandResult> DrainAsync(
        RegistryClient registry, McpServerResource server, IResourceWithEndpoints copy, bool draining, ExecuteCommandContext context)
    {
        var instances = await registry.InstancesAsync(server.Service, context.CancellationToken);
        if (Find(copy, instances) is not { } instance) return CommandResults.Failure("The registry does not know this instance.");
        var path = $"/api/services/{server.Service}/instances/{Uri.EscapeDataString(instance.InstanceId)}/drain";
        var answer = await registry.PostAsync(path, draining ? """{"draining":true}""" : """{"draining":false}""", context.CancellationToken);
        if (!answer.IsSuccess) return CommandResults.Failure("The registry refused.", answer.Body, CommandResultFormat.Json);
        await context.Services.GetRequiredService<RegistryWatch>().RefreshAsync(context.CancellationToken);
        return CommandResults.Success(draining ? "It gets no new calls." : "It gets calls again.", answer.Body, CommandResultFormat.Json);
    }
}
