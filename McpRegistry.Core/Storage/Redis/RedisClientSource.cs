using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Where the client of Redis comes from: its options, and who watches what it does. A host may hand in its own.</summary>
/// <param name="Options">
/// Reads the options, once for each connection that is opened and before anything is connected to. It may throw; what it says then
/// is shown nowhere, because it may quote a password.
/// </param>
/// <param name="Settings">The names of the settings that it reads, for whoever has to mend them.</param>
/// <param name="Trace">Begins to record the commands of a client, until what it gives is disposed. Null, or a null answer: nobody records them.</param>
public sealed record RedisClientSource(Func<ConfigurationOptions> Options, string Settings, Func<IConnectionMultiplexer, IDisposable?>? Trace = null)
{
    /// <summary>A source that reads the connection string and nothing else.</summary>
    public static RedisClientSource Of(string connectionString) => new(() => ConfigurationOptions.Parse(connectionString), $"ConnectionStrings:{RedisOptions.ConnectionName}");
}
