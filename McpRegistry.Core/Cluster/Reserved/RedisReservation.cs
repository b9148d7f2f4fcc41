using McpRegistry.Core.Storage.Redis;
using McpRegistry.Core.Upstream.Http.Egress;

using Microsoft.Extensions.Configuration;

namespace McpRegistry.Core.Cluster.Reserved;

/// <summary>Redis is for the processes of the registry: no service is there.</summary>
internal sealed class RedisReservation(IConfiguration configuration) : IReservedEndpoints
{
    private readonly ReservedEndpoint[] _endpoints =
        [.. RedisEndpoints.Of(configuration.GetConnectionString(RedisOptions.ConnectionName) ?? "").Select(one => new ReservedEndpoint(one.Host, one.Port))];

    public IEnumerable<ReservedEndpoint> Find() => _endpoints;
}
