using System.ComponentModel;

namespace McpRegistry.Api.Discovery;

/// <summary>What is approved.</summary>
internal sealed record ApprovalModel
{
    [Description("The mark in the reason of the service that waits.")]
    public required string Mark { get; init; }
}
