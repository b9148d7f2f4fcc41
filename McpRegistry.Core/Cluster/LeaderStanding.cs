using McpRegistry.Core.Storage.Redis;

namespace McpRegistry.Core.Cluster;

internal sealed class LeaderStanding(LeaseHolder lease, RedisConnection redis) : ILeaderStanding
{
    public bool Leads => lease.Token is not null;

    public bool IsStoreUp => redis.IsUp;
}
