using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Health;

/// <summary>Watches one instance in a loop of its own, from <see cref="Start"/> until it is disposed.</summary>
internal sealed class InstanceWatch(InstanceState instance, RegistryState state, InstanceProber prober, HealthAnnouncer announcer, TimeProvider time, Random random)
    : IAsyncDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrustInProbe = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RestAfterFault = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly WakeablePause _pause = new(time);
    private readonly ProbePace _pace = new(random);
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private Task<ProbeResult>? _running;
    private ProbeDeadline? _askDeadline;
    private long? _probedAt;
    private long _catalogReadAt;

    public void Start()
    {
        instance.Health.Changed += OnChanged;
        instance.Health.Suspected += OnSuspected;
        _catalogReadAt = time.GetTimestamp();
        // Whoever starts the watch may be inside of a request; the loop must not carry its trace for ever.
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(RunAsync);
    }

    /// <summary>Probes now; joins a probe that is on its way.</summary>
    public Task<ProbeResult> ProbeAsync()
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false }) return _running;
            return _running = Task.Run(ProbeOnceAsync);
        }
    }

    /// <summary>Raises a doubt when calls have been waiting without a single answer. A tool may take its time, so a fresh probe is trusted for a while.</summary>
    public void SuspectIfSilent()
    {
        if (instance.Load.SilentFor(time) < LongestSilence || SinceProbe < TrustInProbe) return;
        instance.Health.Suspect();
    }

    public async ValueTask DisposeAsync()
    {
        instance.Health.Changed -= OnChanged;
        instance.Health.Suspected -= OnSuspected;
        await _stopping.CancelAsync();
        await _loop;
        _pause.Dispose();
    }

    private TimeSpan? SinceProbe => _probedAt is { } last ? time.GetElapsedTime(last) : null;

    private HealthSettings Settings
    {
        get
        {
            var settings = Registration?.Config.Health ?? new HealthSettings();
            // Where others watch too, several of us take their place when they are silent: together not much more often than they did.
            return instance.Health.AdviceAge is null ? settings : settings with { Interval = settings.Interval * 2 };
        }
    }

    // An instance that is not connected is always ours to connect: our calls need the connection.
    private bool LeavesItToOthers => instance.Client.Connection is not null && instance.Health.RestsOnAdvice;

    private ServiceRegistration? Registration => state.Current.Services.GetValueOrDefault(instance.ServiceName)?.Registration;

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _pause.WaitAsync(await RoundAsync(), _stopping.Token);
                if (SinceProbe is { } passed && passed < ProbePace.Spacing) await Task.Delay(ProbePace.Spacing - passed, time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested) { }
    }

    /// <summary>One round, which no exception leaves: a loop that died would leave its instance as it was for ever.</summary>
    /// <returns>How long to rest.</returns>
    private async Task<TimeSpan> RoundAsync()
    {
        try
        {
            if (LeavesItToOthers)
            {
                LookAtCatalog();
                return instance.Health.AdviceLeft;
            }

            var result = await ProbeAsync();
            return _pace.Rest(Settings, instance.Health.Status.Verdict, result.Elapsed);
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            announcer.AnnounceFault(instance, error);
            return RestAfterFault;
        }
    }

    private async Task<ProbeResult> ProbeOnceAsync()
    {
        var isConnected = instance.Client.Connection is not null;
        _probedAt = time.GetTimestamp();
        var limit = isConnected
            ? _pace.Patience(Settings, instance.Health.Status, instance.Health.IsSuspected)
            : (Registration?.Config.Timeouts ?? new TimeoutSettings()).Startup;
        using var deadline = new ProbeDeadline(limit, time, _stopping.Token);
        if (isConnected) Volatile.Write(ref _askDeadline, deadline);

        ProbeResult result;
        try { result = await prober.ProbeAsync(instance, deadline, _stopping.Token); }
        finally { Volatile.Write(ref _askDeadline, null); }

        _pace.Record(result);
        instance.Health.RecordProbe(result);
        announcer.Announce(instance);
        // Somebody else may have asked, while the loop rests as long as all was well.
        if (!result.IsHealthy && instance.Health.Status.Verdict == HealthVerdict.Healthy) _pause.Wake();
        // A handshake has the lists read by itself.
        if (result is { IsHealthy: true, IsHandshake: false }) LookAtCatalog();
        return result;
    }

    private void LookAtCatalog()
    {
        if (time.GetElapsedTime(_catalogReadAt) < announcer.CatalogInterval && !announcer.LacksCatalog(instance)) return;
        _catalogReadAt = time.GetTimestamp();
        announcer.AnnounceCatalogAge(instance);
    }

    private void OnChanged(HealthChange change)
    {
        announcer.AnnounceChange(instance, change);
        // A handshake is an answer to more than a probe asks: a thousand services coming up are not to be asked twice at once.
        if (change != HealthChange.Connected) _pause.Wake();
    }

    private void OnSuspected()
    {
        // A probe on its way may have begun before the trouble and would wait its full time.
        Volatile.Read(ref _askDeadline)?.Shorten(_pace.Patience(Settings, instance.Health.Status, isSuspected: true));
        _pause.Wake();
    }
}
