namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>What connections must have in common to be kept in one pool.</summary>
/// <param name="ConnectTimeout">How long making a connection may take.</param>
/// <param name="AuthorityFile">The PEM file of the authorities that may sign the other side's certificate. Null: those the machine trusts.</param>
/// <param name="IsDirect">True: never through the proxy, as to a neighbour.</param>
/// <param name="IsListedOnly">True: only where <see cref="EgressProfile"/> allows, as the address is not the operator's own word.</param>
internal readonly record struct EgressRoute(TimeSpan ConnectTimeout, string? AuthorityFile = null, bool IsDirect = false, bool IsListedOnly = false);
