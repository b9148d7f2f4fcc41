using McpRegistry.Core.Registration;
using McpRegistry.Tests.Cluster.Fakes;

using Microsoft.Extensions.Logging;

using static McpRegistry.Tests.State.LiveRegistry;

namespace McpRegistry.Tests.Cluster;

public sealed class DiskSnapshotTests : IAsyncDisposable
{
    private readonly FakeCluster _cluster = new();

    private string File => _cluster.SnapshotPath("shared.json");

    [Fact]
    public async Task A_replica_that_starts_without_the_store_serves_what_the_store_held()
    {
        await RememberAsync();
        _cluster.Time.Advance(TimeSpan.FromMinutes(5));

        var started = _cluster.Time.GetUtcNow();
        var (b, way) = await _cluster.StartAsync(isUp: false, snapshot: "shared.json");

        Assert.InRange(_cluster.Time.GetUtcNow() - started, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.True(b.Freshness.IsLoaded);
        Assert.True(b.Freshness.StaleFor >= TimeSpan.FromMinutes(5));
        Assert.Equal(["x", "y"], b.Names);
        Assert.True(b.Instances("y")[0].IsDraining);
        Assert.Equal(RegistryResultKind.StoreUnavailable, (await b.Registry.RegisterAsync(Http("z", 3), default)).Kind);

        way.SetUp(true);
        await _cluster.InStepAsync(b);
        Assert.Null(b.Freshness.StaleFor);
        Assert.Empty(_cluster.Log.Of("StoreRestored"));
    }

    [Fact]
    public async Task A_replica_that_knows_nothing_waits_for_the_store_and_serves_the_file_meanwhile()
    {
        var (a, way) = await _cluster.StartAsync(isUp: false);

        Assert.False(a.Freshness.IsLoaded);
        Assert.NotNull(a.Freshness.StaleFor);
        await a.Registry.ApplySourceAsync(RegistrationOrigin.File, [Http("of-the-file", 1)], default);
        Assert.Equal(["of-the-file"], a.Names);

        way.SetUp(true);
        await _cluster.UntilAsync(() => a.Freshness.IsLoaded, "the store was read");
        Assert.Null(a.Freshness.StaleFor);
    }

    [Fact]
    public async Task When_everything_stopped_and_the_store_forgot_everything_the_disk_still_knows()
    {
        await RememberAsync();
        _cluster.Store.Empty();

        var (b, _) = await _cluster.StartAsync(snapshot: "shared.json");

        Assert.Equal(["x", "y"], b.Names);
        Assert.Equal(["x", "y"], _cluster.Store.Names);
        Assert.Single(_cluster.Log.Of("StoreRestored"));
    }

    [Fact]
    public async Task What_the_store_says_counts_when_it_has_gone_on_since()
    {
        await RememberAsync();
        var (other, _) = await _cluster.StartAsync();
        await other.Registry.RemoveAsync("x", default);

        var (b, _) = await _cluster.StartAsync(snapshot: "shared.json");

        Assert.Equal(["y"], b.Names);
        Assert.Equal(["y"], _cluster.Store.Names);
    }

    [Fact]
    public async Task It_is_written_once_a_second_at_most_and_when_the_process_stops()
    {
        var (a, _) = await _cluster.StartAsync(snapshot: "shared.json");
        await _cluster.UntilAsync(() => System.IO.File.Exists(File), "the first state is written");
        var writes = 0;
        using (var watch = new FileSystemWatcher(Path.GetDirectoryName(File)!, "shared.json"))
        {
            watch.Renamed += (_, _) => Interlocked.Increment(ref writes);
            watch.EnableRaisingEvents = true;
            var started = _cluster.Time.GetUtcNow();
            for (var i = 0; i < 50; i++)
            {
                await a.Registry.RegisterAsync(Http($"s{i}", 1), default);
                await _cluster.InStepAsync(a);
            }
            var passed = _cluster.Time.GetUtcNow() - started;
            await a.StopAsync();
            await _cluster.UntilAsync(() => Volatile.Read(ref writes) > 0, "the last state is written");
            Assert.InRange(Volatile.Read(ref writes), 1, (int)passed.TotalSeconds + 3);
        }

        var (b, _) = await _cluster.StartAsync(isUp: false, snapshot: "shared.json");
        Assert.Equal(50, b.Names.Count());
    }

    [Fact]
    public async Task What_could_not_be_written_is_written_when_the_disk_takes_it_again_without_another_change()
    {
        // A folder stands where the file should.
        Directory.CreateDirectory(File);
        var (a, _) = await _cluster.StartAsync(snapshot: "shared.json");
        await a.Registry.RegisterAsync(Http("x", 1), default);
        await _cluster.InStepAsync(a);
        await _cluster.UntilAsync(() => _cluster.Log.Of("SnapshotNotWritten").Count == 1, "the failure is told");
        await _cluster.PassAsync(TimeSpan.FromSeconds(20));
        Assert.Single(_cluster.Log.Of("SnapshotNotWritten"));

        Directory.Delete(File);
        await _cluster.PassAsync(TimeSpan.FromMinutes(2));

        Assert.True(System.IO.File.Exists(File));
        var (b, _) = await _cluster.StartAsync(isUp: false, snapshot: "shared.json");
        Assert.Equal(["x"], b.Names);
    }

    [Fact]
    public async Task Only_its_owner_may_read_it_and_no_draft_is_left()
    {
        await RememberAsync();

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.DoesNotContain(Directory.GetFiles(Path.GetDirectoryName(File)!), path => path.EndsWith(".new", StringComparison.Ordinal));
    }

    public static TheoryData<string, Func<byte[], byte[]>> Damages => new()
    {
        { "empty", _ => [] },
        { "cut in the first line", file => file[..20] },
        { "cut in the content", file => file[..^10] },
        { "one bit of the content", file => Flip(file, file.Length - 30) },
        { "one bit of the checksum", file => Flip(file, Array.IndexOf(file, (byte)'\n') - 10) },
        { "another program's", _ => "{\"hello\":\"world\"}\n{}"u8.ToArray() },
        { "no text", _ => [0, 1, 2, 3, 10, 255, 254] },
        { "null", _ => "null\nnull"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public async Task A_file_that_is_not_whole_is_ignored_with_one_line(string damage, Func<byte[], byte[]> make)
    {
        Assert.NotEmpty(damage);
        await RememberAsync();
        await System.IO.File.WriteAllBytesAsync(File, make(await System.IO.File.ReadAllBytesAsync(File)));

        var (b, way) = await _cluster.StartAsync(isUp: false, snapshot: "shared.json");

        Assert.False(b.Freshness.IsLoaded);
        Assert.Empty(b.Names);
        Assert.Contains("SnapshotUseless", Assert.Single(_cluster.Log.Of(LogLevel.Error)), StringComparison.Ordinal);
        way.SetUp(true);
        await _cluster.InStepAsync(b);
        Assert.Equal(["x", "y"], b.Names);
    }

    [Fact]
    public async Task The_file_of_another_store_is_ignored()
    {
        await RememberAsync();
        var text = await System.IO.File.ReadAllTextAsync(File);
        var store = text.IndexOf("\"store\":\"", StringComparison.Ordinal) + "\"store\":\"".Length;
        await System.IO.File.WriteAllTextAsync(File, text[..store] + "0000" + text[(store + 4)..]);

        var (b, _) = await _cluster.StartAsync(isUp: false, snapshot: "shared.json");

        Assert.False(b.Freshness.IsLoaded);
        Assert.Single(_cluster.Log.Of("SnapshotOfAnother"));
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_is_told_of_once_and_stops_nothing()
    {
        Directory.CreateDirectory(File);
        var (a, _) = await _cluster.StartAsync(snapshot: "shared.json");
        for (var i = 0; i < 3; i++)
        {
            await a.Registry.RegisterAsync(Http($"s{i}", 1), default);
            await _cluster.InStepAsync(a);
            await _cluster.PassAsync(TimeSpan.FromSeconds(2));
        }

        Assert.Contains("SnapshotNotWritten", Assert.Single(_cluster.Log.Of(LogLevel.Error)), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private async Task RememberAsync()
    {
        var (a, _) = await _cluster.StartAsync(snapshot: "shared.json");
        await a.Registry.RegisterAsync(Http("x", 1), default);
        await a.Registry.RegisterAsync(Http("y", 2), default);
        await a.Registry.SetDrainingAsync("y", "127.0.0.1-2", true, default);
        await _cluster.InStepAsync(a);
        await a.StopAsync();
    }

    private static byte[] Flip(byte[] file, int at)
    {
        file[at] ^= 1;
        return file;
    }
}
