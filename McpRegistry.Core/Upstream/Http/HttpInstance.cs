using McpRegistry.Core.Buffers;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Http.Egress;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>What the clients for HTTP instances have in common.</summary>
internal sealed record HttpInstance
{
    /// <summary>Who it is, for the log.</summary>
    public required InstanceName Id { get; init; }

    /// <summary>The same in one word.</summary>
    public string Name => Id.ToString();

    public required Uri Address { get; init; }

    /// <inheritdoc cref="ServiceConfig.SecretPath"/>
    public bool? IsPathSecret { get; init; }

    /// <summary>Says less of it than is known. Null: all may be told.</summary>
    public Discretion? Discretion { get; init; }

    /// <summary>The way to it; given back by the client that was made for the instance.</summary>
    public required EgressLease Egress { get; init; }

    public required InstanceCredentials Credentials { get; init; }

    /// <summary>Marks each request. Null: nothing does.</summary>
    public IRequestStamp? Stamp { get; init; }

    public required IInstanceObserver Observer { get; init; }

    public required TimeProvider Time { get; init; }

    public required Random Random { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>How long start and handshake may take.</summary>
    public required TimeSpan StartupTimeout { get; init; }

    /// <inheritdoc cref="UpstreamOptions.MaxResponseBytes"/>
    public required int MaxResponseBytes { get; init; }

    /// <summary>Where large answers count. Null: nowhere.</summary>
    public ByteBudget? Budget { get; init; }
}
