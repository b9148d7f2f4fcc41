using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>What the failure of a command says about Redis.</summary>
internal enum RedisFailure
{
    /// <summary>It is not there, or not able to take writes now: others will fare no better.</summary>
    Away,

    /// <summary>It is there and lets us not: that does not pass by itself.</summary>
    Denied,

    /// <summary>It refused this one command.</summary>
    Refused,
}

/// <summary>Reads failures.</summary>
internal static class RedisFailures
{
    /// <summary>Says what a failure means. Null: it has nothing to do with Redis.</summary>
    public static RedisFailure? Of(Exception failure) => failure switch
    {
        RedisServerException answer => Of(answer),
        RedisException or TimeoutException or ObjectDisposedException => RedisFailure.Away,
        _ => null,
    };

    private static RedisFailure Of(RedisServerException answer) => answer.Kind switch
    {
        RedisErrorKind.NoAuth or RedisErrorKind.WrongPass or RedisErrorKind.NoPermission => RedisFailure.Denied,
        RedisErrorKind.ReadOnly or RedisErrorKind.Loading or RedisErrorKind.MasterDown or RedisErrorKind.ClusterDown or RedisErrorKind.NoReplicas
            or RedisErrorKind.Misconfigured or RedisErrorKind.MaxClients or RedisErrorKind.Busy => RedisFailure.Away,
        _ => OfScript(answer.Message),
    };

    // Within a script Redis 7 says "ERR The user executing the script can't run this command", Redis 6 "ERR Error running script (…): -READONLY …".
    private static RedisFailure OfScript(string message)
    {
        if (message.Contains("The user executing the script can't", StringComparison.Ordinal) || Says("NOPERM")) return RedisFailure.Denied;
        return Says("READONLY") || Says("MASTERDOWN") || Says("CLUSTERDOWN") || Says("NOREPLICAS") || Says("MISCONF") ? RedisFailure.Away : RedisFailure.Refused;

        bool Says(string code) => message.Contains("-" + code + " ", StringComparison.Ordinal);
    }
}
