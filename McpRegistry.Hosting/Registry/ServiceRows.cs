using System.Collections.Immutable;

using McpRegistry.Core.Modeling;

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.Hosting.Registry;

/// <summary>
/// The services of the registry as rows of the dashboard: those of the model, and those that somebody registered while the
/// registry runs, which come and go. One caller at a time.
/// </summary>
internal sealed class ServiceRows(ResourceNotificationService notifications, DistributedApplicationModel model)
{
    public const string Type = "MCP server";
    public const string Draining = "Draining";

    // A row belongs to one object for ever: the same name with another object is refused, even after the row is hidden.
    private readonly Dictionary<string, RegisteredServiceResource> _registered = new(StringComparer.Ordinal);

    /// <summary>The services that are part of the model.</summary>
    public IEnumerable<McpServerResource> Modelled => model.Resources.OfType<McpServerResource>();

    /// <summary>Shows these services, and no others that were registered while the registry runs.</summary>
    /// <param name="services">All there are.</param>
    /// <param name="gateway">The registry's address. Null: it does not run.</param>
    public async Task ShowAsync(ImmutableArray<ServiceView> services, Uri? gateway)
    {
        var byName = services.ToDictionary(one => one.Name, StringComparer.Ordinal);
        foreach (var server in Modelled.ToList())
        {
            var view = byName.GetValueOrDefault(server.Service);
            // Nothing runs behind the row itself; it starts until the registry tells of its service.
            await notifications.PublishUpdateAsync(server, row => Describe(row, server.Service, view, "", gateway) with { State = view is null ? KnownResourceStates.Starting : KnownResourceStates.Running });
            if (view is not null) await ShowInstancesAsync(server, view.Instances);
        }

        var known = Modelled.Select(one => one.Service).Concat(RegistryServers.InTheirOwnRight(model.Resources).Select(one => one.Service)).ToHashSet();
        foreach (var service in services.Where(one => !known.Contains(one.Name)))
        {
            if (!_registered.TryGetValue(service.Name, out var resource)) _registered[service.Name] = resource = Make(service.Name);
            // Arguments of commands are found by what is in the model only.
            if (!model.Resources.Contains(resource)) model.Resources.Add(resource);
            await notifications.PublishUpdateAsync(resource, row => Describe(row, service.Name, service, ", registered over REST", gateway) with { State = KnownResourceStates.Running, IsHidden = false });
        }
        foreach (var (_, gone) in _registered.Where(one => !byName.ContainsKey(one.Key) && model.Resources.Remove(one.Value)))
            await notifications.PublishUpdateAsync(gone, row => row with { State = KnownResourceStates.Finished, IsHidden = true });
    }

    // Which copies get no new calls, so that the right one of two commands is offered.
    private async Task ShowInstancesAsync(McpServerResource server, ImmutableArray<InstanceView> instances)
    {
        foreach (var copy in server.Instances)
        {
            var draining = InstanceCommands.Find(copy, instances)?.Draining == true;
            await notifications.PublishUpdateAsync(copy, row => row with { Properties = Set(row.Properties, Draining, draining ? "yes" : "no") });
        }
    }

    /// <summary>What the health of a service is called in a row.</summary>
    public static HealthReportSnapshot HealthOf(string service, ServiceView? view) =>
        new(HealthKey(service), StatusOf(view), view is null ? "The registry has not told of it." : view.IsShort ? $"{CountOf(view)} get calls." : view.Reason, null);

    public static string HealthKey(string service) => $"registry-{service}";

    public static HealthStatus StatusOf(ServiceView? view) => view?.State switch
    {
        "ready" when !view.IsShort => HealthStatus.Healthy,
        "ready" => HealthStatus.Degraded,
        "starting" or "degraded" or null => HealthStatus.Degraded,
        _ => HealthStatus.Unhealthy,
    };

    private static CustomResourceSnapshot Describe(CustomResourceSnapshot row, string service, ServiceView? view, string origin, Uri? gateway)
    {
        var properties = Set(row.Properties, "Service", service);
        if (view is not null)
        {
            properties = Set(properties, CustomResourceKnownProperties.Source, $"{Count(view.ToolCount, "tool")}, {CountOf(view)}{origin}");
            properties = Set(properties, "Tags", string.Join(", ", view.Tags));
        }
        return row.WithHealthReports([HealthOf(service, view)]) with
        {
            Properties = properties,
            Urls = gateway is null ? [] :
            [
                new UrlSnapshot("mcp", new Uri(gateway, $"/mcp/{service}").AbsoluteUri, false) { DisplayProperties = new("MCP, through the registry", 1) },
                new UrlSnapshot("docs", new Uri(gateway, "/docs/#tag/calls").AbsoluteUri, false) { DisplayProperties = new("Call it in the docs page") },
            ],
        };
    }

    private RegisteredServiceResource Make(string service)
    {
        var name = ResourceNames.Of(service);
        var resource = new RegisteredServiceResource(model.Resources.Any(one => string.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase)) ? $"service-{name}" : name);
        resource.Annotations.Add(new ResourceSnapshotAnnotation(new CustomResourceSnapshot
        {
            ResourceType = Type,
            Properties = [],
            IconName = "PlugConnected",
        }));
        foreach (var command in ServiceCommands.Of(service)) resource.Annotations.Add(command);
        return resource;
    }

    private static string CountOf(ServiceView view) =>
        view.IsShort ? $"{view.InService} of {Count(view.Instances.Length, "instance")}" : Count(view.Instances.Length, "instance");

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    private static ImmutableArray<ResourcePropertySnapshot> Set(ImmutableArray<ResourcePropertySnapshot> properties, string name, object value) =>
        // Only what is highlighted is seen without a click.
        [.. properties.Where(one => one.Name != name), new ResourcePropertySnapshot(name, value) { IsHighlighted = true, DisplayName = name }];
}

/// <summary>A service that somebody registered while the registry runs.</summary>
internal sealed class RegisteredServiceResource(string name) : Resource(name);
