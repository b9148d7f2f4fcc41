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
    public IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer) => Create(registration, instanceId, address, observer, null);

    /// <summary>The same, with a mark on each request.</summary>
    internal IInstanceClient Create(ServiceRegistration registration, string instanceId, Uri? address, IInstanceObserver observer, IRequestStamp? stamp)
    {
        ArgumentNullException.ThrowIfNull(address);
        var isPlain = registration.Type == ServiceType.FastApi;
        // A stdio service that has an address runs on another replica.
        var isNeighbour = registration.Protocol == ServiceProtocol.Stdio;
        var isOfRest = registration.Origin == RegistrationOrigin.Api && !isNeighbour;
        ILogger logger = isPlain ? loggers.CreateLogger<PlainHttpClient>() : loggers.CreateLogger<StreamableHttpClient>();
        var id = new InstanceName(registration.Name, instanceId);
        var instance = new HttpInstance
        {
            Id = id,
            Address = address,
            IsPathSecret = registration.Config.SecretPath,
            Discretion = isOfRest ? new Discretion(id, logger) : null,
            Egress = egress.Lease(new EgressRoute(registration.Config.Timeouts.Connect, registration.Config.AuthorityFile, isNeighbour, isOfRest)),
            Credentials = new InstanceCredentials(registration, secrets, time),
            Stamp = stamp,
            Observer = observer,
            Time = time,
            Random = random,
            Logger = logger,
            StartupTimeout = registration.Config.Timeouts.Startup,
            MaxResponseBytes = options.Value.MaxResponseBytes,
            Budget = budget,
        };
        return isPlain ? new PlainHttpClient(instance, registration.Config) : new StreamableHttpClient(instance);
    }
}
