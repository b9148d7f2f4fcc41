namespace McpRegistry.Core.Catalog;

/// <summary>Keeps what is known of a service's tools, prompts and resources fresh.</summary>
public interface ICatalogRefresher
{
    /// <summary>Asks for a refresh soon; many requests within a moment become one. Returns at once.</summary>
    void RequestRefresh(string service);

    /// <summary>Reads the lists of a service now; false when there is no such service or no instance answered.</summary>
    Task<bool> RefreshAsync(string service, CancellationToken cancellationToken);
}
