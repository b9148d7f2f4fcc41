using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;

namespace McpRegistry.Tests.Api.Harness;

/// <summary>Health checks and refreshes on demand, as a test says.</summary>
internal sealed class FakeControls : IHealthChecker, ICatalogRefresher
{
    public List<string> Checked { get; } = [];

    public Func<string, Task<bool>> Refresh { get; set; } = _ => Task.FromResult(true);

    public Task<bool> CheckNowAsync(string service, CancellationToken cancellationToken)
    {
        Checked.Add(service);
        return Task.FromResult(service != "unknown");
    }

    public void RequestRefresh(string service) => throw new InvalidOperationException("REST waits for a refresh.");

    public Task<bool> RefreshAsync(string service, CancellationToken cancellationToken) => Refresh(service);
}
