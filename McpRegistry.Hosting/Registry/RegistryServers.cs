using McpRegistry.Core.Modeling;
using McpRegistry.Core.Registration;

namespace McpRegistry.Hosting.Registry;

/// <summary>Tells a process of the registry about its MCP servers.</summary>
internal static class RegistryServers
{
    private const string DefaultPath = "/mcp";

    // Endpoints behind Aspire's proxy are known before anything starts; the others may wait for what waits for us.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Gives the process the addresses and settings of the registry's servers, wherever in the model they are added.</summary>
    public static IResourceBuilder<T> WithServersOf<T>(this IResourceBuilder<T> process, RegistryAnnotation shared)
        where T : IResourceWithEnvironment
    {
        var model = process.ApplicationBuilder;
        process.WithAnnotation(new RegistryProcessAnnotation()).HeedsCallersTrace();
        model.OnBeforeStart((_, _) =>
        {
            // An endpoint that is not there is said before anything starts.
            foreach (var server in shared.Servers) server.Source?.Address();
            if (!shared.HasEveryServer) return Task.CompletedTask;
            foreach (var server in model.Resources.OfType<McpServerResource>()) process.WithReferenceRelationship(server);
            foreach (var server in Annotated(model.Resources))
            {
                process.WithReferenceRelationship(server);
                TraceSampling.HeedCaller(server);
                server.AddServerCommands(ResourceNames.ServiceOf(server.Name));
            }
            return Task.CompletedTask;
        });
        return process.WithEnvironment(async context =>
        {
            foreach (var server in shared.Servers) Describe(server, context.EnvironmentVariables);
            if (!shared.HasEveryServer) return;
            foreach (var server in model.Resources.OfType<McpServerResource>()) Describe(server, context.EnvironmentVariables);
            foreach (var server in Annotated(model.Resources).Where(one => !shared.Servers.Exists(server => server.Source?.Resource == one))) await DescribeAsync(server, context);
        });
    }

    /// <summary>The resources that are servers in their own right, each with its service.</summary>
    public static IEnumerable<(IResource Resource, string Service)> InTheirOwnRight(IEnumerable<IResource> resources)
    {
        var all = resources.ToList();
        var handedOver = all.SelectMany(one => one.Annotations.OfType<RegistryAnnotation>()).SelectMany(one => one.Servers)
            .Where(one => one.Source is not null).Select(one => (one.Source!.Resource, one.Service));
        return handedOver.Concat(Annotated(all).Select(one => (Resource: (IResource)one, Service: ResourceNames.ServiceOf(one.Name)))).DistinctBy(one => one.Service);
    }

    /// <summary>What carries Aspire's annotation and is neither part of one of our servers nor the registry itself.</summary>
    private static IEnumerable<IResourceWithEndpoints> Annotated(IEnumerable<IResource> resources)
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
        foreach (var (index, name) in NamesOf(server).Index()) variables[ServerVariables.Setting(server.Service, ServerVariables.InstanceName(index))] = name;
        // A service is there when something is said of it.
        variables[ServerVariables.Setting(server.Service, ServerVariables.Type)] = ServiceType.FastMcp.WireName();
        foreach (var (setting, value) in server.Settings) variables[ServerVariables.Setting(server.Service, setting)] = value;
    }

    private static IEnumerable<string> NamesOf(McpServerResource server) =>
        server.Source is { } source ? [ResourceNames.ServiceOf(source.Resource.Name)] : server.Instances.Select(copy => copy.Name);

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
