using System.Globalization;

using Microsoft.Data.Sqlite;

namespace McpRegistry.Core.Storage;

/// <summary>Opens the database file as a store that acknowledges must have it: private, in WAL mode, each commit on the disk.</summary>
internal static class SqliteDatabase
{
    private const int SchemaVersion = 2;

    /// <summary>Opens it, and makes it where there is none.</summary>
    public static SqliteConnection Open(string path, TimeSpan busyTimeout)
    {
        PrivateFiles.EnsureFile(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            // A pooled handle would outlive the store and keep the file busy.
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(busyTimeout.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, FormattableString.Invariant($"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}"));
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            Upgrade(connection, path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Upgrade(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = Convert.ToInt64(Scalar(connection, transaction, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version > SchemaVersion)
        {
            throw new RegistryStoreException(FormattableString.Invariant(
                $"{path} was written by a newer version (schema {version}, this one knows {SchemaVersion}). Use that version, or another McpRegistry:Storage:Path."));
        }
        if (version == SchemaVersion) return;
        if (version == 0) Scalar(connection, transaction, "CREATE TABLE registrations (name TEXT PRIMARY KEY NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID");
        Scalar(connection, transaction, "CREATE TABLE drained (service TEXT NOT NULL, instance TEXT NOT NULL, PRIMARY KEY (service, instance)) STRICT, WITHOUT ROWID");
        Scalar(connection, transaction, FormattableString.Invariant($"PRAGMA user_version = {SchemaVersion}"));
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql) => Scalar(connection, null, sql);

    private static object? Scalar(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
