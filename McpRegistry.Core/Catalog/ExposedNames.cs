namespace McpRegistry.Core.Catalog;

/// <summary>The one place where exposed names are made. They are never taken apart again: routing is a lookup.</summary>
public static class ExposedNames
{
    /// <summary>Stands between service and original name. No service name can contain it, so two services can never make the same name.</summary>
    public const string Separator = "__";

    /// <summary>The name that clients of the merged catalog see; depends on these two alone, not on what else is registered.</summary>
    public static string Compose(string service, string originalName) => service + Separator + originalName;
}
