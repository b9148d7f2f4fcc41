using System.Collections.Immutable;
using System.Globalization;

using Microsoft.Data.Sqlite;

namespace McpRegistry.Core.Storage;

/// <summary>What was last known of a service, as it is stored.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Identity">Of which server it was.</param>
/// <param name="Content">The lists.</param>
internal sealed record LastKnownRow(string Service, string Identity, byte[] Content);

/// <summary>
/// The file beside the database that remembers lists between two lives of the process. It is only a memory: nothing waits for the
/// disk, a file that is damaged is begun anew, and the registrations do not depend on it. Not for several threads at once.
/// </summary>
internal sealed class LastKnownFile(string path, TimeSpan busyTimeout) : IDisposable
{
    private const int SchemaVersion = 1;
    private const int NoDatabase = 26;
    private const int Damaged = 11;

    private SqliteConnection? _connection;

    /// <summary>Where it lies.</summary>
    public string Path => path;

    /// <summary>All rows; a file that cannot be used is begun anew.</summary>
    /// <exception cref="RegistryStoreException">The disk or the folder is not to be used.</exception>
    public ImmutableArray<LastKnownRow> Read(out bool wasDamaged)
    {
        wasDamaged = false;
        try { return Use(ReadAll); }
        catch (RegistryStoreException failure) when (failure.InnerException is SqliteException { SqliteErrorCode: NoDatabase or Damaged })
        {
            wasDamaged = true;
            foreach (var file in (string[])[path, path + "-wal", path + "-shm"]) File.Delete(file);
            return [];
        }
    }

    /// <summary>Writes rows and removes others, all or none.</summary>
    /// <exception cref="RegistryStoreException">The disk is full, or the file is not to be used.</exception>
    public void Write(IReadOnlyCollection<LastKnownRow> changed, IReadOnlyCollection<string> gone) => Use(connection =>
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var row in changed) Execute(connection, transaction, "INSERT OR REPLACE INTO last_known (service, identity, content) VALUES ($service, $identity, $content)", row);
        foreach (var service in gone) Execute(connection, transaction, "DELETE FROM last_known WHERE service = $service", new LastKnownRow(service, "", []));
        transaction.Commit();
        return true;
    });

    public void Dispose() => Close();

    private static ImmutableArray<LastKnownRow> ReadAll(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT service, identity, content FROM last_known";
        using var rows = command.ExecuteReader();
        var found = ImmutableArray.CreateBuilder<LastKnownRow>();
        while (rows.Read()) found.Add(new LastKnownRow(rows.GetString(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2)));
        return found.ToImmutable();
    }

    private T Use<T>(Func<SqliteConnection, T> use)
    {
        try { return use(_connection ??= Open()); }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            Close();
            throw new RegistryStoreException($"{path} failed: {failure.Message}", failure);
        }
    }

    private SqliteConnection Open()
    {
        if (path.Length == 0) throw new RegistryStoreException("this user has no home folder to keep them in");
        PrivateFiles.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        PrivateFiles.EnsureFile(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = (int)Math.Ceiling(busyTimeout.TotalSeconds) }.ToString());
        try
        {
            connection.Open();
            Execute(connection, null, FormattableString.Invariant($"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}"));
            Execute(connection, null, "PRAGMA journal_mode = WAL");
            Execute(connection, null, "PRAGMA synchronous = NORMAL");
            // What another version wrote is read from the servers again.
            if (Convert.ToInt64(Execute(connection, null, "PRAGMA user_version"), CultureInfo.InvariantCulture) is not (0 or SchemaVersion)) Execute(connection, null, "DROP TABLE IF EXISTS last_known");
            Execute(connection, null, "CREATE TABLE IF NOT EXISTS last_known (service TEXT PRIMARY KEY NOT NULL, identity TEXT NOT NULL, content BLOB NOT NULL) STRICT");
            Execute(connection, null, FormattableString.Invariant($"PRAGMA user_version = {SchemaVersion}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private static object? Execute(SqliteConnection connection, SqliteTransaction? transaction, string sql, LastKnownRow? row = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        if (row is not null)
        {
            command.Parameters.AddWithValue("$service", row.Service);
            command.Parameters.AddWithValue("$identity", row.Identity);
            command.Parameters.AddWithValue("$content", row.Content);
        }

        return command.ExecuteScalar();
    }
}
