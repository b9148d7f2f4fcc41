using System.Runtime.CompilerServices;

using McpRegistry.Core.Cluster;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Cluster.Fakes;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Cluster;

public sealed class ReplicaDirectoryTests : IAsyncLifetime
{
    private const string Other = "0123abcd";

    private readonly FakePresence _presence = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLifetime _lifetime = new();
    private readonly FakeListenAddress _listen = new();
    private ReplicaDirectory _directory = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _presence.IsAway = false;
        await _directory.StopAsync(CancellationToken.None);
        _directory.Dispose();
        _lifetime.Dispose();
    }

    [Fact]
    public async Task It_is_known_to_others_once_the_server_listens()
    {
        await StartAsync();
        Assert.Equal(1, _presence.Announced);
        Assert.Null(_directory.OwnAddress);

        _listen.Address = new Uri("http://127.0.0.1:5081");
        _lifetime.Start();
        await Until(() => _presence.There.ContainsKey(_directory.Self));
        Assert.Equal(_listen.Address, _directory.OwnAddress);
        Assert.Matches("^[0-9a-f]{8}$", _directory.Self);
    }

    [Fact]
    public async Task A_configured_address_goes_before_the_one_it_listens_on()
    {
        _listen.Address = new Uri("http://127.0.0.1:5081");
        await StartAsync("http://gateway-1:8080");
        _lifetime.Start();
        await Until(() => _directory.OwnAddress is not null);
        Assert.Equal(new Uri("http://gateway-1:8080"), _presence.There[_directory.Self]);
    }

    [Fact]
    public async Task Others_are_heard_of_at_once_and_forgotten_when_they_are_missing()
    {
        await StartAsync();
        await AfterAsync(TimeSpan.FromSeconds(11));
        _presence.Set(Other, "http://127.0.0.1:5082");
        await Until(() => _directory.AddressOf(Other) is not null);
        _presence.Set(Other, null);
        await Until(() => _directory.AddressOf(Other) is null);
    }

    [Fact]
    public async Task While_the_store_is_away_everybody_stays_where_he_was()
    {
        _presence.Set(Other, "http://127.0.0.1:5082");
        await StartAsync();
        await Until(() => _directory.AddressOf(Other) is not null);
        _presence.IsAway = true;
        await AfterAsync(TimeSpan.FromMinutes(10));
        Assert.NotNull(_directory.AddressOf(Other));
    }

    [Fact]
    public async Task A_store_that_came_back_empty_takes_nobody_away_before_he_could_say_that_he_is_there()
    {
        _presence.Set(Other, "http://127.0.0.1:5082");
        await StartAsync();
        await AfterAsync(TimeSpan.FromSeconds(11));
        _presence.IsAway = true;
        await AfterAsync(TimeSpan.FromMinutes(1));
        _presence.IsAway = false;
        _presence.Set(Other, null);
        await AfterAsync(ReplicaDirectory.Interval);
        Assert.NotNull(_directory.AddressOf(Other));

        await AfterAsync(TimeSpan.FromSeconds(11));
        await Until(() => _directory.AddressOf(Other) is null);
    }

    [Fact]
    public async Task At_the_first_sign_of_the_end_it_leaves_and_does_not_come_back()
    {
        _listen.Address = new Uri("http://127.0.0.1:5081");
        await StartAsync();
        _lifetime.Start();
        await Until(() => _presence.There.ContainsKey(_directory.Self));
        _lifetime.StopApplication();
        await _directory.StoppingAsync(CancellationToken.None);
        Assert.False(_presence.There.ContainsKey(_directory.Self));
        await AfterAsync(ReplicaDirectory.Interval);
        Assert.False(_presence.There.ContainsKey(_directory.Self));
    }

    private async Task StartAsync(string? address = null)
    {
        var options = Options.Create(new ClusterOptions { Address = address });
        _directory = new ReplicaDirectory(_presence, _listen, _lifetime, options, _time, NullLogger<ReplicaDirectory>.Instance);
        await _directory.StartAsync(CancellationToken.None);
        await Until(() => _presence.Announced > 0);
    }

    // Past the time, and past the look that it causes.
    private async Task AfterAsync(TimeSpan time)
    {
        var before = _presence.Announced;
        _time.Advance(time);
        await Until(() => _presence.Announced > before);
        before = _presence.Announced;
        _time.Advance(ReplicaDirectory.Interval);
        await Until(() => _presence.Announced > before);
    }

    private static Task<TimeSpan> Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Eventually.TrueAsync(condition, TimeSpan.FromSeconds(10), what);

    private sealed class FakeListenAddress : IListenAddress
    {
        public Uri? Address { get; set; }

        public Uri? Find() => Address;
    }

    private sealed class FakeLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication() => _stopping.Cancel();

        public void Dispose()
        {
            _started.Dispose();
            _stopping.Dispose();
        }
    }
}
