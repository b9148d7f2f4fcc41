using McpRegistry.Core.Catalog;
using McpRegistry.Core.State;

namespace McpRegistry.Mcp.Resources;

/// <summary>Finds the service that is asked for a resource URI, whether or not it stands in a list: the service itself decides what it has.</summary>
internal sealed class ResourceRoutes(HandedOutLinks links)
{
    /// <summary>The longest URI that is looked for, in characters; one that is longer is nobody's.</summary>
    public const int LongestUri = 8_192;

    /// <summary>The service. Null: nothing says whose it could be.</summary>
    public ServiceSnapshot? Find(McpScope scope, string uri)
    {
        // Where the URL names the service there is nothing to find.
        if (scope.Service is { } only) return only;
        if (uri.Length > LongestUri) return null;
        var listed = scope.Catalog.FindResource(uri);
        // A URI that stands in a list, or in a place that a service claimed, cannot be taken over by one that hands it out; one that
        // only fits a template can.
        var name = listed is { Kind: CatalogKind.Resource } ? listed.Service
            : scope.Catalog.OwnerOf(uri) ?? links.Find(uri) ?? listed?.Service ?? ResourceOwners.Of(scope.Snapshot).Find(uri);
        return name is null ? null : scope.Snapshot.Services.GetValueOrDefault(name);
    }

    /// <summary>Remembers what an answer hands out, where its client sees several services.</summary>
    public void Note(McpScope scope, ServiceSnapshot service, string method, ReadOnlyMemory<byte> result)
    {
        if (!scope.IsWhole || !HasResources(service) || !LinkReader.MayHaveLinks(method, result.Span)) return;
        foreach (var uri in LinkReader.Read(result.Span)) links.Add(uri, service.Name);
    }

    // Links of a service that serves no resources lead nowhere.
    private static bool HasResources(ServiceSnapshot service)
    {
        foreach (var instance in service.Instances)
            if (instance.Client.Connection is { } connection) return connection.HasResources;
        return false;
    }
}
