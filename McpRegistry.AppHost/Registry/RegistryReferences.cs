using McpRegistry.AppHost.McpServers;
using McpRegistry.Core.Modeling;
using McpRegistry.Core.Registration;

namespace McpRegistry.AppHost.Registry;

/// <summary>Tells a process of the registry about every MCP server of the model.</summary>
public static class RegistryReferences
{
    private const string DefaultPath = "/mcp";

    // Endpoints behind Aspire's proxy are known before anything starts; the others may wait for what waits for us.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gives the addresses and settings of all MCP servers, wherever in the model they are added, and of every resource that
    /// carries Aspire's own <c>WithMcpServer</c>.
    /// </summary>
    public static IResourceBuilder<T> WithMcpServers<T>(this IResourceBuilder<T> consumer)
        where T : IResourceWithEnvironment
    {
        var model = consumer.ApplicationBuilder;
        consumer.WithAnnotation(new RegistryProcessAnnotation()).HeedsCallersTrace();
        model.OnBeforeStart((_, _) =>
        {
            foreach (var server in model.Resources.OfType<McpServerResource>()) consumer.WithReferenceRelationship(server);
            foreach (var server in AnnotatedServers(model.Resources))
            {
                consumer.WithReferenceRelationship(server);
                TraceSampling.HeedCaller(server);
            }
            return Task.CompletedTask;
        });
        return consumer.WithEnvironment(async context =>
        {
            foreach (var server in model.Resources.OfType<McpServerResource>()) Describe(server, context.EnvironmentVariables);
            foreach (var server in AnnotatedServers(model.Resources)) await DescribeAsync(server, context);
        });
    }

    /// <summary>What carries Aspire's annotation and is neither part of one of our servers nor the registry itself.</summary>
    internal static IEnumerable<IResourceWithEndpoints> AnnotatedServers(IEnumerable<IResource> resources)
    {
        var all = resources.ToList();
        var ours = all.OfType<McpServerResource>().SelectMany(server => server.Instances).Select(one => one.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return all.OfType<IResourceWithEndpoints>().Where(one => !ours.Contains(one.Name)
            && one.HasAnnotationOfType<McpServerEndpointAnnotation>() && !one.HasAnnotationOfType<RegistryProcessAnnotation>());
    }

    private static void Describe(McpServerResource server, Dictionary<string, object> variables)
    {
        foreach (var (index, address) in server.Addresses.Index()) variables[ServerVariables.Address(server.Service, server.Scheme, index)] = address;
        // So that what a copy is called here it is called in its health, metrics and traces as well.
        foreach (var (index, copy) in server.Instances.Index()) variables[ServerVariables.Setting(server.Service, ServerVariables.InstanceName(index))] = copy.Name;
        // A service is there when something is said of it.
        variables[ServerVariables.Setting(server.Service, ServerVariables.Type)] = ServiceType.FastMcp.WireName();
        foreach (var (setting, value) in server.Settings) variables[ServerVariables.Setting(server.Service, setting)] = value;
    }

    private static async Task DescribeAsync(IResourceWithEndpoints server, EnvironmentCallbackContext context)
    {
        var service = ResourceNames.ServiceOf(server.Name);
        var endpoints = server.GetEndpoints().ToList();
        if ((endpoints.Find(one => one.EndpointName == "https") ?? endpoints.Find(one => one.EndpointName == "http")) is not { } endpoint) return;

        context.EnvironmentVariables[ServerVariables.Address(service, endpoint.Scheme, 0)] = endpoint;
        context.EnvironmentVariables[ServerVariables.Setting(service, ServerVariables.InstanceName(0))] = server.Name;
        context.EnvironmentVariables[ServerVariables.Setting(service, ServerVariables.Type)] = ServiceType.FastMcp.WireName();
        context.EnvironmentVariables[ServerVariables.Setting(service, ServerVariables.Path)] = await PathOfAsync(server, context);
    }

    // The annotation tells its path only as part of an address, which nobody has while publishing.
    private static async Task<string> PathOfAsync(IResourceWithEndpoints server, EnvironmentCallbackContext context)
    {
        if (context.ExecutionContext.IsPublishMode || !server.TryGetLastAnnotation<McpServerEndpointAnnotation>(out var annotation)) return DefaultPath;
        try
        {
            return (await annotation.EndpointUrlResolver(server, context.CancellationToken).WaitAsync(LongestWait, TimeProvider.System, context.CancellationToken))?.AbsolutePath ?? DefaultPath;
        }
        catch (TimeoutException)
        {
            return DefaultPath;
        }
    }
}

/// <summary>Marks the processes of the registry, which are no servers of it.</summary>
internal sealed class RegistryProcessAnnotation : IResourceAnnotation;
