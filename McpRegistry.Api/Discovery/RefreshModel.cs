using System.ComponentModel;

using McpRegistry.Api.Problems;

namespace McpRegistry.Api.Discovery;

/// <summary>What a refresh came to.</summary>
internal sealed record RefreshModel(
    [property: Description("Services whose lists were all read.")] IReadOnlyList<string> Refreshed,
    [property: Description("Services of which a list could not be read, or not in time.")] IReadOnlyList<string> NotRefreshed,
    [property: Description("Tools in the catalog now.")] int ToolCount,
    [property: Description("What is wrong with mcp-servers.json, by place in it; the rest of it is applied.")] IReadOnlyList<FieldErrorBody> FileErrors,
    [property: Description("What is wrong with the servers of service discovery, by name; the rest of them is applied.")] IReadOnlyList<FieldErrorBody> DiscoveryErrors);
