using McpRegistry.AppHost.Registry;
using McpRegistry.Core.Modeling;

namespace McpRegistry.AppHost.McpServers;

/// <summary>What can be said of an MCP server of the model.</summary>
public static class McpServerSettingsExtensions
{
    /// <summary>
    /// Runs several copies. Each is a resource with an address of its own, so that the registry's load balancer sees them all;
    /// Aspire's replicas would share one address behind a proxy.
    /// </summary>
    public static IResourceBuilder<McpServerResource> WithInstances(this IResourceBuilder<McpServerResource> server, int count)
    {
        var resource = server.Resource;
        var make = resource.MakeCopy ?? throw new DistributedApplicationException($"'{resource.Name}' is run by somebody else; its copies are not ours to make.");
        while (resource.Copies.Count < count)
        {
            var copy = make(ResourceNames.Instance(resource.Service, resource.Copies.Count))
                .WithParentRelationship(server.Resource)
                .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("MCP, directly", "/mcp"))
                .WithInstanceCommands(resource)
                .HeedsCallersTrace()
                .WithoutProxy();
            foreach (var apply in resource.CopySettings) apply(copy);
            resource.Copies.Add(copy);
        }
        return server;
    }

    /// <summary>
    /// Offers its copies to Aspire's own MCP tools (<c>aspire mcp</c>, agents) as well. By default they see each tool once, through
    /// the registry; past it there is no failover, and a call may be made twice.
    /// </summary>
    public static IResourceBuilder<McpServerResource> WithDirectMcpTools(this IResourceBuilder<McpServerResource> server) =>
        server.WithEveryInstance(copy => copy.WithMcpServer(endpointName: "http"));

    /// <summary>Words to find it by.</summary>
    public static IResourceBuilder<McpServerResource> WithTags(this IResourceBuilder<McpServerResource> server, params IEnumerable<string> tags)
    {
        foreach (var (index, tag) in tags.Index()) server.WithSetting(ServerVariables.Tag(index), tag);
        return server;
    }

    /// <summary>Believes what its tools say of themselves: one that calls itself read-only or idempotent may be called again when a call is lost.</summary>
    public static IResourceBuilder<McpServerResource> Trusted(this IResourceBuilder<McpServerResource> server) => server.WithSetting(ServerVariables.Trusted, "true");

    /// <summary>Quotes what it says of itself (<c>instructions</c>), under its name, to the clients of <c>/mcp</c>, who put it into the prompts of their models.</summary>
    public static IResourceBuilder<McpServerResource> ShowsInstructions(this IResourceBuilder<McpServerResource> server) => server.WithSetting(ServerVariables.ShowInstructions, "true");

    /// <summary>The load balancing policy, by the name it has in the registry.</summary>
    public static IResourceBuilder<McpServerResource> WithLoadBalancing(this IResourceBuilder<McpServerResource> server, string policy) =>
        server.WithSetting(ServerVariables.LoadBalancing, policy);

    /// <summary>Where it runs, in people's words.</summary>
    public static IResourceBuilder<McpServerResource> WithLocation(this IResourceBuilder<McpServerResource> server, string location) =>
        server.WithSetting(ServerVariables.Location, location);

    /// <summary>The path of its MCP endpoint. Default <c>/mcp</c>.</summary>
    public static IResourceBuilder<McpServerResource> WithMcpPath(this IResourceBuilder<McpServerResource> server, string path) =>
        server.WithSetting(ServerVariables.Path, path);

    /// <summary>The bearer key the registry sends to it.</summary>
    public static IResourceBuilder<McpServerResource> WithApiKey(this IResourceBuilder<McpServerResource> server, IResourceBuilder<ParameterResource> key) =>
        server.WithSetting(ServerVariables.ApiKey, key.Resource);

    /// <summary>A header the registry sends to it.</summary>
    public static IResourceBuilder<McpServerResource> WithHeader(
        this IResourceBuilder<McpServerResource> server, string name, IResourceBuilder<ParameterResource> value) =>
        server.WithSetting(ServerVariables.Header(name), value.Resource);

    /// <summary>A variable of the server itself; behind a bridge, of the program that the bridge starts.</summary>
    public static IResourceBuilder<McpServerResource> WithEnvironment(this IResourceBuilder<McpServerResource> server, string name, string value) =>
        server.WithVariable(name, value);

    /// <summary>A secret of the server itself; behind a bridge, of the program that the bridge starts.</summary>
    public static IResourceBuilder<McpServerResource> WithEnvironment(
        this IResourceBuilder<McpServerResource> server, string name, IResourceBuilder<ParameterResource> value) =>
        server.WithVariable(name, value.Resource);

    internal static IResourceBuilder<McpServerResource> WithSetting(this IResourceBuilder<McpServerResource> server, string setting, object value)
    {
        server.Resource.Settings[setting] = value;
        return server;
    }

    internal static IResourceBuilder<McpServerResource> WithEveryInstance(
        this IResourceBuilder<McpServerResource> server, Action<IResourceBuilder<IResourceWithEndpoints>> apply)
    {
        server.Resource.CopySettings.Add(apply);
        foreach (var copy in server.Resource.Copies) apply(copy);
        return server;
    }

    internal static IResourceBuilder<McpServerResource> WithVariable(this IResourceBuilder<McpServerResource> server, string name, object value)
    {
        var variable = server.Resource.Kind == "stdio" ? StdioBridgeExtensions.ChildVariable(name) : name;
        return server.WithEveryInstance(copy => copy.WithAnnotation(new EnvironmentCallbackAnnotation(context => context.EnvironmentVariables[variable] = value)));
    }

    // The proxy goes on accepting for a copy that is stopped and keeps what it accepted; without it a call is refused at once and
    // goes to another copy. The port stays the same for the whole run all the same.
    private static IResourceBuilder<IResourceWithEndpoints> WithoutProxy(this IResourceBuilder<IResourceWithEndpoints> copy) =>
        copy.ApplicationBuilder.ExecutionContext.IsRunMode ? copy.WithEndpoint("http", endpoint => endpoint.IsProxied = false, createIfNotExists: false) : copy;
}
