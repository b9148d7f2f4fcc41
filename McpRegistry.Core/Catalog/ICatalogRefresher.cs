using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog;

/// <summary>Keeps what is known of a service's tools, prompts and resources fresh.</summary>
public interface ICatalogRefresher
{
    /// <summary>Asks for a refresh soon; many requests within a moment become one. Returns at once.</summary>
    void RequestRefresh(string service);

    /// <summary>The service said that lists of its have changed. Returns at once; the more often it says so, the later they are read.</summary>
    void NoteChanged(string service, CatalogLists lists) => RequestRefresh(service);

    /// <summary>
    /// Reads the lists of a service now, or once more after a reading that is under way; all who ask meanwhile share that one, and it
    /// goes on when they no longer wait. False when there is no such service or not every list could be read.
    /// </summary>
    Task<bool> RefreshAsync(string service, CancellationToken cancellationToken);
}
