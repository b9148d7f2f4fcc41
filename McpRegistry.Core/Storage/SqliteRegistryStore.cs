using System.Collections.Immutable;
using System.Text;

using McpRegistry.Core.Registration;

using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Storage;

/// <summary>The embedded store: one SQLite file, one row of JSON a registration, secrets encrypted. Opened at first use, and anew after a failure.</summary>
internal sealed partial class SqliteRegistryStore(IOptions<StorageOptions> options, ILogger<SqliteRegistryStore> logger, LoadBalancingPolicySet? policies = null) : IRegistryStore, IDisposable
{
    private const int PrimaryKeyViolation = 1555;

    private readonly string _path = StoragePath.Of(options.Value);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private SqliteConnection? _connection;
    private SecretCipher? _cipher;

    public bool KeepsSecrets => true;

    public ValueTask<ImmutableArray<ServiceRegistration>> ListAsync(CancellationToken cancellationToken) => UseAsync(
        command =>
        {
            command.CommandText = "SELECT name, json FROM registrations ORDER BY name";
            var found = ImmutableArray.CreateBuilder<ServiceRegistration>();
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                if (TryRead(rows.GetString(0), rows.GetString(1)) is { } registration) found.Add(registration);
            }
            return found.ToImmutable();
        },
        cancellationToken);

    public ValueTask<bool> TryAddAsync(ServiceRegistration registration, CancellationToken cancellationToken) => UseAsync(
        command =>
        {
            command.CommandText = "INSERT INTO registrations (name, json) VALUES ($name, $json)";
            Bind(command, registration);
            try
            {
                return command.ExecuteNonQuery() == 1;
            }
            catch (SqliteException taken) when (taken.SqliteExtendedErrorCode == PrimaryKeyViolation)
            {
                return TryReplaceUnreadable(command, registration.Name);
            }
        },
        cancellationToken);

    public ValueTask<bool> TryReplaceAsync(ServiceRegistration registration, CancellationToken cancellationToken) => UseAsync(
        command =>
        {
            // What was written before there were versions has none, and counts as 0.
            command.CommandText =
                "UPDATE registrations SET json = $json WHERE name = $name "
                + "AND coalesce(json_extract(json, '$.version'), 0) = $before AND json_extract(json, '$.created_at') = json_extract($json, '$.created_at')";
            Bind(command, registration);
            command.Parameters.AddWithValue("$before", registration.Version - 1);
            return command.ExecuteNonQuery() == 1;
        },
        cancellationToken);

    public ValueTask<bool> TryRemoveAsync(string name, CancellationToken cancellationToken) => UseAsync(
        command =>
        {
            command.CommandText = "DELETE FROM registrations WHERE name = $name";
            command.Parameters.AddWithValue("$name", name);
            return command.ExecuteNonQuery() == 1;
        },
        cancellationToken);

    public ValueTask<ImmutableArray<InstanceName>> ListDrainedAsync(CancellationToken cancellationToken) => UseAsync(
        command =>
        {
            command.CommandText = "SELECT service, instance FROM drained ORDER BY service, instance";
            var found = ImmutableArray.CreateBuilder<InstanceName>();
            using var rows = command.ExecuteReader();
            while (rows.Read()) found.Add(new InstanceName(rows.GetString(0), rows.GetString(1)));
            return found.ToImmutable();
        },
        cancellationToken);

    public async ValueTask SetDrainedAsync(InstanceName instance, bool drained, CancellationToken cancellationToken) => await UseAsync(
        command =>
        {
            command.CommandText = drained
                ? "INSERT OR IGNORE INTO drained (service, instance) VALUES ($service, $instance)"
                : "DELETE FROM drained WHERE service = $service AND instance = $instance";
            command.Parameters.AddWithValue("$service", instance.Service);
            command.Parameters.AddWithValue("$instance", instance.Instance);
            return command.ExecuteNonQuery();
        },
        cancellationToken);

    public void Dispose()
    {
        Close();
        _turn.Dispose();
    }

    // SQLite knows no asynchronous calls, and a commit waits for the disk: not on the caller's thread.
    private async ValueTask<T> UseAsync<T>(Func<SqliteCommand, T> use, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Use(use), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private T Use<T>(Func<SqliteCommand, T> use)
    {
        try
        {
            using var command = Open().CreateCommand();
            return use(command);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException or RegistryStoreException)
        {
            // After a full disk or a lost mount the handle may be of no more use.
            Close();
            if (failure is RegistryStoreException) throw;
            throw new RegistryStoreException($"The registry database {_path} failed: {failure.Message}", failure);
        }
    }

    private SqliteConnection Open()
    {
        if (_connection is not null) return _connection;
        PrivateFiles.CreateDirectory(Path.GetDirectoryName(_path)!);
        _cipher = new SecretCipher(SecretKeyFile.ReadOrCreate(Path.ChangeExtension(_path, ".key")));
        return _connection = SqliteDatabase.Open(_path, options.Value.BusyTimeout);
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _cipher?.Dispose();
        _cipher = null;
    }

    private void Bind(SqliteCommand command, ServiceRegistration registration)
    {
        command.Parameters.AddWithValue("$name", registration.Name);
        command.Parameters.AddWithValue("$json", Encoding.UTF8.GetString(RegistrationJson.ToStored(_cipher!.Encrypt(registration))));
    }

    // A row nobody can read shows up nowhere, so its name would be taken for ever.
    private bool TryReplaceUnreadable(SqliteCommand command, string name)
    {
        command.CommandText = "SELECT json FROM registrations WHERE name = $name";
        if (command.ExecuteScalar() is not string json || TryRead(name, json) is not null) return false;
        command.CommandText = "UPDATE registrations SET json = $json WHERE name = $name";
        return command.ExecuteNonQuery() == 1;
    }

    private ServiceRegistration? TryRead(string name, string json)
    {
        var registration = StoredForm.Read(name, json, _cipher!.Decrypt, policies, out var fault);
        if (fault is not null) LogUnreadable(name, _path, fault.Reason);
        return registration;
    }
}
