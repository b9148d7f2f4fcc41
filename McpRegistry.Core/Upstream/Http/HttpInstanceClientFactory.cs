using McpRegistry.Core.Buffers;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Http.Egress;
using McpRegistry.Core.Upstream.PlainHttp;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Makes the clients for instances that are reached by HTTP.</summary>
public sealed class HttpInstanceClientFactory(
    EgressHandler egress, ISecretResolver secrets, IOptions<UpstreamOptions> options, TimeProvider time, Random random, ILoggerFactory loggers, ByteBudget? budget = null) : IInstanceClientFactory
{
    /// <inheritdoc/>
    public IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer)
    {
        ArgumentNullException.ThrowIfNull(address);
        var isPlain = registration.Type == ServiceType.FastApi;
        var instance = new HttpInstance
        {
            Name = $"{registration.Name}/{instanceId}",
            Address = address,
            // A stdio service that has an address runs on another replica.
            Egress = egress.Lease(new EgressRoute(registration.Config.Timeouts.Connect, registration.Config.AuthorityFile, IsDirect: registration.Protocol == ServiceProtocol.Stdio)),
            Credentials = new InstanceCredentials(registration, secrets, time),
            Observer = observer,
            Time = time,
            Random = random,
            Logger = isPlain ? loggers.CreateLogger<PlainHttpClient>() : loggers.CreateLogger<StreamableHttpClient>(),
            StartupTimeout = registration.Config.Timeouts.Startup,
            MaxResponseBytes = options.Value.MaxResponseBytes,
            Budget = budget,
        };
        return isPlain ? new PlainHttpClient(instance, registration.Config) : new StreamableHttpClient(instance);
    }
}
