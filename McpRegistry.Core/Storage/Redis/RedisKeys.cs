namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// The key scheme: the names of all keys and channels, each behind <see cref="RedisOptions.KeyPrefix"/>. Nothing is ever written
/// outside of the prefix. Steps that touch several keys, or write what they read, are one script each.
/// </summary>
internal static class RedisKeys
{
    /// <summary>String <c>mcpregistry 1</c>: whose keys these are, and in which form. Written with the first data.</summary>
    public const string Schema = "schema";

    /// <summary>String <c>3 5f0c… 77aa…=41</c>: number and id of the generation, and which earlier ones went into it up to which version. Missing: there are no data, and nobody may write before they are seeded.</summary>
    public const string Generation = "generation";

    /// <summary>Integer: grows with each change of registrations and drained instances.</summary>
    public const string Version = "version";

    /// <summary>Hash: name of a service → its registration as JSON, secrets encrypted.</summary>
    public const string Registrations = "registrations";

    /// <summary>Set of <c>service/instance</c>: what operators drained.</summary>
    public const string Drained = "drained";

    /// <summary>Hash: <c>service/instance</c> → the leader's verdict as JSON.</summary>
    public const string Health = "health";

    /// <summary>Hash: service → a hash of its lists, to notice that they changed.</summary>
    public const string Catalogs = "catalogs";

    /// <summary>Channel: <c>version service</c> for each change of a registration, <c>version</c> alone for drained instances or everything.</summary>
    public const string Changes = "changes";

    /// <summary>Channel of verdicts.</summary>
    public const string Verdicts = "verdicts";

    /// <summary>Channel of hashes of lists.</summary>
    public const string CatalogsRead = "catalogs";

    /// <summary>Channel: the name of a lease that was given back.</summary>
    public const string Leases = "leases";

    /// <summary>Set of the ids of the replicas that may be there; and channel: the id of one that came or left.</summary>
    public const string Replicas = "replicas";

    /// <summary>What <see cref="Replica"/> puts before an id.</summary>
    public const string ReplicaPrefix = "replica:";

    /// <summary>String with an expiry: who holds a lease.</summary>
    public static string Lease(string name) => $"lease:{name}";

    /// <summary>Integer: the last fencing token of a lease. Survives a new generation: tokens never go back.</summary>
    public static string LeaseToken(string name) => $"lease:{name}:token";

    /// <summary>String with an expiry: where a replica is reached.</summary>
    public static string Replica(string id) => ReplicaPrefix + id;

    /// <summary>Hash with an expiry: a legacy session; which replica has it, and what another one needs to go on with it.</summary>
    public static string Session(string id) => $"session:{id}";
}
