using System.Collections.Immutable;
using System.Threading.Channels;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Hosting.Registry;

/// <summary>Keeps what the dashboard shows of the registry's services up to date, for as long as the registry runs.</summary>
internal sealed partial class RegistryWatch(
    RegistryClient registry, Gateway gateway, ServiceRows rows, ResourceNotificationService notifications, TimeProvider time, ILogger<RegistryWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // Services come up in bursts; one look at the end of a burst is enough.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    // A command looks again while the loop may be looking as well, and the rows take one caller at a time.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile ImmutableDictionary<string, ServiceView> _services = ImmutableDictionary<string, ServiceView>.Empty;

    /// <summary>How a service stands. Null: the registry does not run, or does not know it.</summary>
    public ServiceView? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>Looks again now, e.g. after a command that no change is told of.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var services = await registry.ServicesAsync(cancellationToken);
            _services = services.ToImmutableDictionary(one => one.Name);
            await rows.ShowAsync(services, await registry.AddressAsync(cancellationToken));
        }
        finally { _turn.Release(); }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await notifications.WaitForResourceAsync(gateway.Resource.Name, KnownResourceStates.Running, stoppingToken);
                await FollowAsync(stoppingToken);
            }
            catch (Exception lost) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(gateway.Resource.Name, lost.Message);
            }
            await ForgetAsync(stoppingToken);
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _services = _services.Clear();
            await rows.ShowAsync([], null);
        }
        finally { _turn.Release(); }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        // Room for one: a change that comes while one waits needs no second look.
        var changed = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = ListenAsync(changed.Writer, end.Token);
        try
        {
            await foreach (var _ in changed.Reader.ReadAllAsync(cancellationToken))
            {
                await Task.Delay(Quiet, time, cancellationToken);
                await RefreshAsync(cancellationToken);
            }
        }
        finally
        {
            await end.CancelAsync();
        }
        await listening;
    }

    private async Task ListenAsync(ChannelWriter<string> changed, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in registry.ChangesAsync(cancellationToken)) changed.TryWrite(change);
        }
        finally
        {
            changed.TryComplete();
        }
    }
}
