using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Catalog;

/// <summary>What was known of services when the process ended before.</summary>
internal interface ILastKnownCatalogs
{
    /// <summary>What was last known of a service that comes into the registry, all its lists still unread. Null: nothing, or it was another server.</summary>
    ServiceCatalog? Take(ServiceRegistration registration);
}
