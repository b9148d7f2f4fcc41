using System.Text.Json;

namespace McpRegistry.Core.Upstream;

/// <summary>What the handshake with an instance told.</summary>
public sealed record InstanceConnection
{
    /// <summary>The era it speaks.</summary>
    public required ProtocolEra Era { get; init; }

    /// <summary>The negotiated revision, e.g. <c>2025-11-25</c>.</summary>
    public required string ProtocolVersion { get; init; }

    /// <summary>Its <c>capabilities</c> object; an empty object when it named none.</summary>
    public required JsonElement Capabilities
    {
        get;
        init
        {
            field = value;
            HasResources = Has("resources");
        }
    }

    /// <summary>True when it serves resources: found out once, because every answer of a call asks.</summary>
    public bool HasResources { get; private init; }

    /// <summary>Its <c>instructions</c> for models, if any.</summary>
    public string? Instructions { get; init; }

    /// <summary>Name and version it gave itself (<c>serverInfo</c>), if any.</summary>
    public string? ServerName { get; init; }

    /// <inheritdoc cref="ServerName"/>
    public string? ServerVersion { get; init; }

    /// <summary>True when it keeps state by session, so that one client's calls belong on one instance.</summary>
    public bool IsStateful { get; init; }

    /// <summary>The gateways it named, itself first, as ids. Empty: it is none of our kind.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>True when <c>capabilities</c> has a member of this name. null and false are how some servers write that they have it not.</summary>
    public bool Has(string capability) =>
        Capabilities.ValueKind == JsonValueKind.Object && Capabilities.TryGetProperty(capability, out var named) && named.ValueKind is not (JsonValueKind.Null or JsonValueKind.False);
}
