namespace McpRegistry.Core.State;

/// <summary>What of a change to the services their merged catalog shows.</summary>
internal enum CatalogChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Which services may get calls.</summary>
    Standing,

    /// <summary>What they offer.</summary>
    Lists,
}
