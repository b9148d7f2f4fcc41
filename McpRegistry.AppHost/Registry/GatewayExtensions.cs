using McpRegistry.AppHost.McpServers;
using McpRegistry.Core.Modeling;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;

namespace McpRegistry.AppHost.Registry;

/// <summary>Makes a resource the gateway that the dashboard shows and commands.</summary>
public static class GatewayExtensions
{
    private const string Client = "client";

    // As long as the longest call may take, and a little.
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(6);

    /// <summary>
    /// The resource serves REST and MCP at its endpoint <c>http</c>: links and commands on it and on every MCP server, health of
    /// every server, and rows for services that are registered while it runs.
    /// </summary>
    public static IResourceBuilder<T> AsMcpGateway<T>(this IResourceBuilder<T> gateway)
        where T : IResourceWithEndpoints
    {
        var endpoint = gateway.Resource.GetEndpoint("http");
        var services = gateway.ApplicationBuilder.Services;
        services.AddSingleton(new Gateway(gateway.Resource, endpoint));
        services.AddRegistryHttp();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RegistryClient>().AddSingleton<ServiceRows>().AddSingleton<RegistryWatch>();
        if (gateway.ApplicationBuilder.ExecutionContext.IsRunMode)
            services.AddHostedService(provider => provider.GetRequiredService<RegistryWatch>()).AddHostedService<InstanceMonitor>();

        return gateway
            .WithMcpServer(endpointName: "http")
            .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Docs: try every call", "/docs/"))
            .WithUrl(ReferenceExpression.Create($"{endpoint}/mcp"), "MCP, all servers")
            .WithCommand("client-configuration", "Copy client configuration", ShowClientConfigurationAsync, new CommandOptions
            {
                Description = "What to paste into an MCP client so that it uses this registry.",
                IconName = "Copy",
                IsHighlighted = true,
                Arguments =
                [
                    new InteractionInput
                    {
                        Name = Client, Label = "Client", InputType = InputType.Choice, Required = true, Value = ClientConfiguration.All[0].Id,
                        Options = [.. ClientConfiguration.All.Select(one => KeyValuePair.Create(one.Id, one.Title))],
                    },
                ],
            });
    }

    /// <summary>Adds the two HTTP clients of <see cref="RegistryClient"/>: what reads is sent again after a failure that passes, what calls never is.</summary>
    internal static IServiceCollection AddRegistryHttp(this IServiceCollection services)
    {
        // A command runs within the dashboard's own activity, which lasts as long as a person thinks; each request is a trace of its own.
        services.AddHttpClient(RegistryClient.CallingClient, client => client.Timeout = LongestCall)
            .UseSocketsHttpHandler((handler, _) => handler.ActivityHeadersPropagator = null);
        services.AddHttpClient(RegistryClient.ReadingClient)
            .UseSocketsHttpHandler((handler, _) => handler.ActivityHeadersPropagator = null)
            .AddStandardResilienceHandler(options =>
            {
                options.Retry.Delay = TimeSpan.FromMilliseconds(250);
                options.Retry.DisableForUnsafeHttpMethods();
            });
        // It tells of every attempt, also of those that went well.
        return services.AddLogging(logging => logging.AddFilter("Polly", LogLevel.Warning));
    }

    internal static IResourceBuilder<McpServerResource> WithServerCommands(this IResourceBuilder<McpServerResource> server)
    {
        foreach (var command in ServiceCommands.Of(server.Resource.Service)) server.WithAnnotation(command);
        return server;
    }

    /// <summary>The server is as well as the registry says, so that others can wait for it.</summary>
    internal static IResourceBuilder<McpServerResource> WithServerHealth(this IResourceBuilder<McpServerResource> server)
    {
        var (service, key) = (server.Resource.Service, ServiceRows.HealthKey(server.Resource.Service));
        server.ApplicationBuilder.Services.AddHealthChecks()
            .Add(new HealthCheckRegistration(key, provider => new RegistryHealthCheck(provider.GetService<RegistryWatch>(), service), null, null));
        return server.WithHealthCheck(key);
    }

    private static async Task<ExecuteCommandResult> ShowClientConfigurationAsync(ExecuteCommandContext context)
    {
        var address = await context.Services.GetRequiredService<RegistryClient>().AddressAsync(context.CancellationToken);
        var client = ClientConfiguration.All.First(one => one.Id == context.Arguments[Client].Value);
        return CommandResults.Success(client.Title, client.For(new Uri(address, "/mcp")), client.IsJson ? CommandResultFormat.Json : CommandResultFormat.Text, displayImmediately: true);
    }
}

/// <summary>The registry's verdict on a service.</summary>
internal sealed class RegistryHealthCheck(RegistryWatch? watch, string service) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var view = watch?.Find(service);
        return Task.FromResult(new HealthCheckResult(ServiceRows.StatusOf(view), ServiceRows.HealthOf(service, view).Description));
    }
}
