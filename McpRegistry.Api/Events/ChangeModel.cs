using McpRegistry.Core.State;

namespace McpRegistry.Api.Events;

/// <summary>One change of the registry, as subscribers get it.</summary>
/// <param name="Service">The service.</param>
/// <param name="Version">The version of the registry that has the change.</param>
/// <param name="Lists">For catalog_changed: tools, prompts, resources.</param>
/// <param name="Reason">For people; null when there is nothing to say.</param>
internal sealed record ChangeModel(string Service, long Version, IReadOnlyList<string> Lists, string? Reason)
{
    public static ChangeModel Of(RegistryChange change) => new(change.Service, change.Version, [.. NamesOf(change.Lists)], change.Reason);

    public static string EventOf(RegistryChangeKind kind) => kind switch
    {
        RegistryChangeKind.ServiceAdded => "service_added",
        RegistryChangeKind.ServiceUpdated => "service_updated",
        RegistryChangeKind.ServiceRemoved => "service_removed",
        RegistryChangeKind.HealthChanged => "health_changed",
        _ => "catalog_changed",
    };

    private static IEnumerable<string> NamesOf(CatalogLists lists)
    {
        if (lists.HasFlag(CatalogLists.Tools)) yield return "tools";
        if (lists.HasFlag(CatalogLists.Prompts)) yield return "prompts";
        if (lists.HasFlag(CatalogLists.Resources)) yield return "resources";
    }
}
