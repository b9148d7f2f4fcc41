using System.Collections.Immutable;

using McpRegistry.Core.Registration;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;

namespace McpRegistry.Core.Discovery;

/// <summary>
/// Registers the servers of <see cref="DiscoveredServer.Section"/> at every address that service discovery knows of them: before
/// the host has started, and again when the addresses or the settings change. A server that is wrong costs no other one.
/// </summary>
public sealed partial class ServiceDiscoverySource(
    IServiceRegistry registry, ServiceEndpointResolver endpoints, IConfiguration configuration, TimeProvider time, ILogger<ServiceDiscoverySource> logger,
    LoadBalancingPolicySet? policies = null) : BackgroundService
{
    // Not every provider of addresses tells of changes.
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    // Several settings change in a row.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    // A provider that hangs must hold up neither the start nor the other names.
    private static readonly TimeSpan LongestAsk = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _applying = new(1, 1);
    private ImmutableDictionary<string, Uri[]> _lastKnown = ImmutableDictionary<string, Uri[]>.Empty;
    private volatile Report _report = new([]);

    /// <summary>What is wrong with the servers now, by name; empty when all is well.</summary>
    public ImmutableArray<RegistrationError> Problems => _report.Problems;

    /// <summary>Asks for all addresses and applies them.</summary>
    /// <returns>What is wrong; the rest is applied.</returns>
    public async Task<ImmutableArray<RegistrationError>> RefreshAsync(CancellationToken cancellationToken)
    {
        await ApplyAsync(cancellationToken);
        return Problems;
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try { await ApplyAsync(cancellationToken); }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested) { LogApplyFailed(failure); }
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _applying.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                using var ofSettings = configuration.GetReloadToken().RegisterChangeCallback(_ => changed.TrySetResult(), null);
                using var ofAddresses = _report.Change?.RegisterChangeCallback(_ => changed.TrySetResult(), null);
                await Task.WhenAny(changed.Task, Task.Delay(LongestRest, time, stoppingToken));
                await Task.Delay(Quiet, time, stoppingToken);
                await ApplyAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
            catch (Exception failure) { LogApplyFailed(failure); }
        }
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken);
        try
        {
            var problems = ImmutableArray.CreateBuilder<RegistrationError>();
            var wanted = ImmutableArray.CreateBuilder<ServiceRegistration>();
            var sections = configuration.GetSection(DiscoveredServer.Section).GetChildren().ToArray();
            var found = await Task.WhenAll(sections.Select(section => AddressesOfAsync(section.Key, cancellationToken)));
            foreach (var (section, one) in sections.Zip(found))
            {
                if (one.Problem is not null) problems.Add(one.Problem);
                if (one.Addresses is not null && Read(section, one.Addresses, problems) is { } registration) wanted.Add(registration);
            }

            _lastKnown = sections.Zip(found).Where(one => one.Second.Addresses is not null).ToImmutableDictionary(one => one.First.Key, one => one.Second.Addresses!);
            var changes = found.Select(one => one.Change).OfType<IChangeToken>().ToList();
            problems.AddRange(await registry.ApplySourceAsync(RegistrationOrigin.Discovery, wanted.ToImmutable(), cancellationToken));
            Tell(new Report(problems.ToImmutable()) { Count = wanted.Count, Change = changes.Count == 0 ? null : new CompositeChangeToken(changes) });
        }
        finally { _applying.Release(); }
    }

    // What goes wrong with one name concerns that name alone: it stays where it was known to be, and is asked for again.
    private async Task<Found> AddressesOfAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var found = await endpoints.GetEndpointsAsync($"https+http://{name}", cancellationToken).AsTask().WaitAsync(LongestAsk, time, cancellationToken);
            // For a name it does not know the resolver makes an address of the name itself, of another type.
            return new Found([.. found.Endpoints.Select(one => one.EndPoint).OfType<UriEndPoint>().Select(one => one.Uri)], found.ChangeToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotFound(name, failure);
            var known = _lastKnown.GetValueOrDefault(name);
            var instead = known is null ? "it is not registered" : "those known last are used";
            return new Found(known, null) { Problem = new RegistrationError(name, $"Its addresses could not be asked for (the log has the reason); {instead}.") };
        }
    }

    private ServiceRegistration? Read(IConfigurationSection section, Uri[] addresses, ImmutableArray<RegistrationError>.Builder problems)
    {
        var name = section.Key;
        try
        {
            var server = new DiscoveredServer();
            section.Bind(server, binder => binder.ErrorOnUnknownConfiguration = true);
            var (registration, problem) = server.At(name, addresses, time.GetUtcNow());
            if (problem is not null) problems.Add(problem);
            if (registration is null) return null;
            var broken = RegistrationValidator.Validate(registration, policies);
            problems.AddRange(broken.Select(one => one with { Field = $"{name}.{one.Field}" }));
            return broken.IsEmpty ? registration : null;
        }
        catch (InvalidOperationException unreadable)
        {
            problems.Add(new RegistrationError(name, unreadable.Message));
            return null;
        }
        catch (Exception fault)
        {
            LogNotFound(name, fault);
            problems.Add(new RegistrationError(name, "Its settings cannot be used; the log has the reason."));
            return null;
        }
    }

    private void Tell(Report report)
    {
        var before = _report;
        _report = report;
        if (report.Count != before.Count) LogApplied(report.Count);
        foreach (var problem in report.Problems.Except(before.Problems)) LogProblem(problem.Field, problem.Message);
    }

    private sealed record Found(Uri[]? Addresses, IChangeToken? Change)
    {
        public RegistrationError? Problem { get; init; }
    }

    private sealed record Report(ImmutableArray<RegistrationError> Problems)
    {
        public int Count { get; init; }

        public CompositeChangeToken? Change { get; init; }
    }
}
