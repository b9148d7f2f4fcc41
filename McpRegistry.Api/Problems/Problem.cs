using System.Collections.Immutable;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Registration;

namespace McpRegistry.Api.Problems;

/// <summary>What a client is told when there is no good answer.</summary>
/// <param name="Code">Which of the closed list; null for what no code stands for (a bug of ours).</param>
internal sealed record Problem(ErrorCode? Code)
{
    /// <summary>The HTTP status. Null: the code's.</summary>
    public int? Status { get; init; }

    /// <summary>What happened, in our own words. Null: the code's sentence.</summary>
    public string? Detail { get; init; }

    public string? Service { get; init; }

    public string? InstanceId { get; init; }

    public int? Attempts { get; init; }

    public bool? MaybeExecuted { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The number of the upstream's own JSON-RPC error; never its text.</summary>
    public int? UpstreamCode { get; init; }

    /// <summary>Every field that is wrong.</summary>
    public ImmutableArray<RegistrationError> Errors { get; init; } = [];

    /// <summary>A field that is wrong.</summary>
    public static Problem Invalid(string field, string message) => new(ErrorCode.InvalidArguments) { Errors = [new RegistrationError(field, message)] };
}
