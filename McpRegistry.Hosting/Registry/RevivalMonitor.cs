using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Hosting.Registry;

/// <summary>Starts the registry's own processes again when they are killed or crash, as every place that they are published to does.</summary>
internal sealed partial class RevivalMonitor(
    DistributedApplicationModel model, ResourceNotificationService notifications, ResourceCommandService commands, ResourceLoggerService logs, ILogger<RevivalMonitor> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var processes = model.Resources.Where(one => one.HasAnnotationOfType<RegistryProcessAnnotation>()).ToHashSet();
        var known = new Dictionary<string, Revival>();
        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            if (!processes.Contains(change.Resource)) continue;
            if (!known.TryGetValue(change.ResourceId, out var revival)) known[change.ResourceId] = revival = new Revival();
            if (revival.Observe(change.Snapshot)) await StartAsync(change, stoppingToken);
        }
    }

    private async Task StartAsync(ResourceEvent ended, CancellationToken cancellationToken)
    {
        LogRevived(logs.GetLogger(ended.ResourceId), ended.Resource.Name, ended.Snapshot.ExitCode);
        try
        {
            var started = await commands.ExecuteCommandAsync(ended.ResourceId, KnownResourceCommands.StartCommand, cancellationToken);
            if (!started.Success) LogNotRevived(ended.Resource.Name, started.Message);
        }
        catch (Exception refused) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRevived(ended.Resource.Name, refused.Message);
        }
    }
}
