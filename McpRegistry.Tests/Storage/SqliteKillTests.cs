using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Storage;

public sealed class SqliteKillTests
{
    private const int Rounds = 50;

    [Fact]
    public async Task What_was_acknowledged_before_a_kill_is_there_after_it_in_each_of_fifty_rounds()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20261122);
        var acknowledged = new HashSet<string>();
        var next = StoreWriter.Start();
        for (var round = 0; round < Rounds; round++)
        {
            using var writer = next;
            // The next process starts up while this one works.
            next = StoreWriter.Start();
            var lines = await writer.WriteAndKillAsync(
                folder.File("registry.db"), $"round-{round}", random.Next(1, 6), TimeSpan.FromMilliseconds(random.NextDouble() * 5));
            acknowledged.UnionWith(lines);

            using var store = new SqliteRegistryStore(
                Options.Create(new StorageOptions { Path = folder.File("registry.db") }), NullLogger<SqliteRegistryStore>.Instance);
            var found = await store.ListAsync(default);

            Assert.Superset(acknowledged, found.Select(one => one.Name).ToHashSet());
            Assert.All(found, one => Assert.Equal("key-of-" + one.Name, one.ApiKey));
        }
        next.Dispose();
        Assert.True(acknowledged.Count >= Rounds);
    }
}
