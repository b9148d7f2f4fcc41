using McpRegistry.Core.Calls;

using Microsoft.Extensions.Options;

namespace McpRegistry.Api.Hosting;

/// <summary>
/// The way out: from the moment a stop is asked for the gateway is not ready, yet it takes requests until a balancer has
/// noticed; then the server stops and calls in flight may end, and what is left shortly before the host loses its patience
/// gets an error instead of a broken connection.
/// </summary>
internal sealed partial class GatewayDrain(
    IHostApplicationLifetime lifetime, CallDrain calls, IOptions<HostOptions> host, IOptions<GatewayHttpOptions> options, TimeProvider time, ILogger<GatewayDrain> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan ForLastAnswers = TimeSpan.FromSeconds(2);
    private ITimer? _end;

    /// <summary>Lets the connections that a balancer keeps end with an answer: closed between two requests they could swallow the second.</summary>
    public RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) context.Response.Headers.Connection = "close";
        return next(context);
    };

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // After a signal this has happened; a stop from within begins here.
        lifetime.StopApplication();
        var (longest, delay) = (host.Value.ShutdownTimeout, options.Value.DrainDelay ?? TimeSpan.Zero);
        _end = time.CreateTimer(_ => calls.End(), null, longest > 2 * ForLastAnswers ? longest - ForLastAnswers : longest / 2, Timeout.InfiniteTimeSpan);
        if (delay <= TimeSpan.Zero) return;
        LogDraining(delay.TotalSeconds);
        try { await Task.Delay(delay, time, cancellationToken); }
        catch (OperationCanceledException) { /* A second signal: nobody is waited for. */ }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _end?.Dispose();
}
