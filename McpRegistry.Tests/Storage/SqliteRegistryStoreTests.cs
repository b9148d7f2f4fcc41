using McpRegistry.Core.Storage;

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Storage;

public sealed class SqliteRegistryStoreTests : RegistryStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteRegistryStore> _stores = [];
    private readonly FakeLogger<SqliteRegistryStore> _logger = new();

    private string Database => _folder.File("data/registry.db");

    private protected override IRegistryStore OpenStore() => Open(Database);

    public void Dispose()
    {
        foreach (var store in _stores) store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task No_secret_lies_readable_in_any_file_and_references_do()
    {
        await OpenStore().TryAddAsync(Everything(), default);
        await OpenStore().TryAddAsync(Program(), default);

        var bytes = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(path => ReadShared(path)).ToList();
        Assert.Contains(bytes, text => text.Contains("env:TOKEN", StringComparison.Ordinal));
        Assert.All(bytes, text =>
        {
            foreach (var secret in new[] { "key-1", "in-env", "secret in a header", "in-url" }) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_folder_the_database_its_companions_and_the_key()
    {
        if (OperatingSystem.IsWindows()) return;
        await OpenStore().TryAddAsync(Http("alpha"), default);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("data")));
        string[] expected = ["registry.db", "registry.db-shm", "registry.db-wal", "registry.key"];
        var files = Directory.GetFiles(_folder.File("data"));
        Assert.Equal(expected, files.Select(Path.GetFileName).Order());
        foreach (var file in files) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_key_file_restored_with_wide_rights_is_closed_again()
    {
        if (OperatingSystem.IsWindows()) return;
        await OpenStore().TryAddAsync(Everything(), default);
        File.SetUnixFileMode(_folder.File("data/registry.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead | UnixFileMode.GroupRead);

        Assert.Single(await OpenStore().ListAsync(default));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("data/registry.key")));
    }

    [Theory]
    [InlineData("UPDATE registrations SET json = '{\"name\":\"bad\"' WHERE name = 'bad'")]
    [InlineData("UPDATE registrations SET json = '{}' WHERE name = 'bad'")]
    [InlineData("UPDATE registrations SET json = 'null' WHERE name = 'bad'")]
    [InlineData("UPDATE registrations SET json = '{\"name\":\"bad\",\"config\":null}' WHERE name = 'bad'")]
    [InlineData("UPDATE registrations SET json = replace(json, 'enc:v2:', 'enc:v2:A') WHERE name = 'bad'")]
    [InlineData("UPDATE registrations SET json = replace(json, 'enc:v2:', '') WHERE name = 'bad'")]
    [InlineData("UPDATE registrations SET json = (SELECT json FROM registrations WHERE name = 'good') WHERE name = 'bad'")]
    public async Task A_damaged_row_is_reported_and_left_out_and_can_be_registered_anew(string damage)
    {
        var store = OpenStore();
        await store.TryAddAsync(Http("good"), default);
        await store.TryAddAsync(Http("bad") with { ApiKey = "secret-value" }, default);
        Execute(damage);

        Assert.Equal("good", Assert.Single(await store.ListAsync(default)).Name);
        Assert.Contains("The registration of bad", Assert.Single(_logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);

        Assert.True(await store.TryAddAsync(Http("bad") with { ApiKey = "again" }, default));
        Assert.Equal(["bad", "good"], (await OpenStore().ListAsync(default)).Select(one => one.Name));
    }

    [Fact]
    public async Task A_secret_moved_to_another_service_is_not_decrypted()
    {
        var store = OpenStore();
        await store.TryAddAsync(Http("victim") with { ApiKey = "secret-value" }, default);
        await store.TryAddAsync(Http("thief") with { ApiKey = "own" }, default);
        Execute("UPDATE registrations SET json = json_set(json, '$.api_key', (SELECT json_extract(json, '$.api_key') FROM registrations WHERE name = 'victim')) WHERE name = 'thief'");

        Assert.Equal("victim", Assert.Single(await store.ListAsync(default)).Name);
    }

    [Fact]
    public async Task A_lost_key_costs_the_services_with_secrets_and_no_others()
    {
        var store = Open(Database);
        await store.TryAddAsync(Http("with-secret") with { ApiKey = "secret-value" }, default);
        await store.TryAddAsync(Http("with-reference") with { ApiKey = "env:KEY" }, default);
        store.Dispose();
        File.Delete(_folder.File("data/registry.key"));

        Assert.Equal("with-reference", Assert.Single(await OpenStore().ListAsync(default)).Name);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_and_left_alone()
    {
        await OpenStore().TryAddAsync(Http("alpha"), default);
        Execute("PRAGMA user_version = 7");

        var refusal = await Assert.ThrowsAsync<RegistryStoreException>(() => OpenStore().ListAsync(default).AsTask());

        Assert.Contains("schema 7, this one knows 2", refusal.Message, StringComparison.Ordinal);
        Execute("PRAGMA user_version = 2");
        Assert.Single(await OpenStore().ListAsync(default));
    }

    [Fact]
    public async Task A_database_of_the_first_version_is_brought_up_to_date_and_keeps_what_it_has()
    {
        var store = Open(Database);
        await store.TryAddAsync(Http("alpha") with { Version = 0 }, default);
        store.Dispose();
        Execute("UPDATE registrations SET json = json_remove(json, '$.version'); DROP TABLE drained; PRAGMA user_version = 1");

        Assert.True(await OpenStore().TryReplaceAsync(Http("alpha") with { Version = 1, Location = "new" }, default));

        Assert.Equal("new", Assert.Single(await OpenStore().ListAsync(default)).Location);
        Assert.Empty(await OpenStore().ListDrainedAsync(default));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_a_broken_store()
    {
        Directory.CreateDirectory(_folder.File("data"));
        await File.WriteAllTextAsync(Database, string.Concat(Enumerable.Repeat("not a database ", 100)));

        await Assert.ThrowsAsync<RegistryStoreException>(() => OpenStore().ListAsync(default).AsTask());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_a_broken_store_until_it_can()
    {
        await File.WriteAllTextAsync(_folder.File("data"), "a file where the folder should be");
        var store = OpenStore();
        await Assert.ThrowsAsync<RegistryStoreException>(() => store.TryAddAsync(Http("alpha"), default).AsTask());

        File.Delete(_folder.File("data"));

        Assert.True(await store.TryAddAsync(Http("alpha"), default));
    }

    [Fact]
    public async Task A_database_another_process_holds_is_a_broken_store_that_stored_nothing()
    {
        var store = OpenStore();
        await store.TryAddAsync(Http("alpha"), default);
        using (var other = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);
            await Assert.ThrowsAsync<RegistryStoreException>(() => store.TryAddAsync(Http("beta"), default).AsTask());
        }

        Assert.Equal("alpha", Assert.Single(await store.ListAsync(default)).Name);
        Assert.True(await store.TryAddAsync(Http("beta"), default));
    }

    [Fact]
    public async Task A_full_disk_is_a_broken_store_that_keeps_what_it_acknowledged()
    {
        if (!OperatingSystem.IsLinux()) return;
        await OpenStore().ListAsync(default);
        using var writer = StoreWriter.StartWithFileLimit(blocks: 256);

        var acknowledged = await writer.WriteUntilItEndsAsync(Database, "full");

        Assert.Equal("unavailable", acknowledged[^1]);
        Assert.NotEmpty(acknowledged[..^1]);
        Assert.Superset(acknowledged[..^1].ToHashSet(), (await OpenStore().ListAsync(default)).Select(one => one.Name).ToHashSet());
    }

    private SqliteRegistryStore Open(string path)
    {
        var options = new StorageOptions { Path = path, BusyTimeout = TimeSpan.FromSeconds(0.3) };
        var store = new SqliteRegistryStore(Options.Create(options), _logger);
        _stores.Add(store);
        return store;
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
