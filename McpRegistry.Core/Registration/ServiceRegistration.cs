using System.Collections.Immutable;

namespace McpRegistry.Core.Registration;

/// <summary>What was asked for and stored: one logical MCP service. Immutable; a change makes a new one.</summary>
/// <remarks>Two registrations are the same when their JSON is the same; record equality does not look into collections.</remarks>
public sealed record ServiceRegistration
{
    /// <summary>The unique name, as <see cref="ServiceName"/> allows it.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of server it is. Default: an MCP server.</summary>
    public ServiceType Type { get; init; } = ServiceType.FastMcp;

    /// <summary>Where it runs, in people's words (<c>local</c>, <c>remote</c>, a region). Null: not said.</summary>
    public string? Location { get; init; }

    /// <summary>How it is spoken to. Default: HTTP.</summary>
    public ServiceProtocol Protocol { get; init; } = ServiceProtocol.Http;

    /// <summary>The address of an HTTP service's first instance. Null for stdio.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The bearer key for the service: a value or a reference (<c>env:NAME</c>, <c>file:/path</c>). Write-only: never shown.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Everything else that steers the service.</summary>
    public ServiceConfig Config { get; init; } = new();

    /// <summary>Free words to find it by.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Who owns the registration; only its owner may change or delete it.</summary>
    public RegistrationOrigin Origin { get; init; } = RegistrationOrigin.Api;

    /// <summary>1 when it was registered, one more with each change; with <see cref="CreatedAt"/> it says whether somebody changed it meanwhile. 0: it is not stored.</summary>
    public long Version { get; init; }

    /// <summary>
    /// What the application model calls its instances, in the order of the addresses without those that stand there twice; empty where it
    /// has no name for one. Only of service discovery, which is not stored. Default: they are called by their addresses.
    /// </summary>
    internal ImmutableArray<string> InstanceNames { get; init; } = [];

    /// <summary>What of it waits for the operator. Null: nothing does.</summary>
    internal RegistrationHold? Hold { get; init; }

    /// <summary>When it was first registered.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>For logs: the name and kind, never a value that may be secret.</summary>
    public override string ToString() => $"{Name} ({Type.WireName()}, {Protocol.WireName()})";
}
