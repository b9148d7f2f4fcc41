namespace McpRegistry.Core.State;

/// <summary>What a change was about.</summary>
public enum RegistryChangeKind
{
    /// <summary>A service is new.</summary>
    ServiceAdded,

    /// <summary>A service's registration or instances changed.</summary>
    ServiceUpdated,

    /// <summary>A service is gone.</summary>
    ServiceRemoved,

    /// <summary>A service or one of its instances became available or unavailable.</summary>
    HealthChanged,

    /// <summary>The tools, prompts or resources of a service changed; see <see cref="RegistryChange.Lists"/>.</summary>
    CatalogChanged,
}

/// <summary>Which lists of the catalog changed.</summary>
[Flags]
public enum CatalogLists
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Tools.</summary>
    Tools = 1,

    /// <summary>Prompts.</summary>
    Prompts = 2,

    /// <summary>Resources or resource templates.</summary>
    Resources = 4,
}

/// <summary>One change, told to whoever subscribed.</summary>
/// <param name="Kind">What it was about.</param>
/// <param name="Service">The service.</param>
/// <param name="Version">The snapshot that has it.</param>
/// <param name="Lists">For <see cref="RegistryChangeKind.CatalogChanged"/>: which lists.</param>
/// <param name="Reason">For people; null when there is nothing to say.</param>
public sealed record RegistryChange(RegistryChangeKind Kind, string Service, long Version, CatalogLists Lists = CatalogLists.None, string? Reason = null);
