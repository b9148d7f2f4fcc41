using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Calls;

/// <summary>How a call ended after all its attempts. Dispose it to give the answer's buffer back.</summary>
public sealed class CallOutcome : IDisposable
{
    private CallOutcome(ErrorCode? failure, UpstreamReply? reply)
    {
        Failure = failure;
        Reply = reply;
    }

    /// <summary>What went wrong. Null: the upstream answered, with a result or an error of its own.</summary>
    public ErrorCode? Failure { get; }

    /// <summary>The answer; null when <see cref="Failure"/> is set.</summary>
    public UpstreamReply? Reply { get; }

    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The instance that answered or was tried last. Null: none was.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The era of that instance. Null: none was.</summary>
    public ProtocolEra? Era { get; init; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>True when the tool may have been executed although no answer can be given.</summary>
    public bool MaybeExecuted { get; init; }

    /// <summary>When to try again. Null: not known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What is wrong with the request, in words of our own that the caller may read. Null: the code says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>True when the answer came by way of another replica, whose own errors say what ours would.</summary>
    public bool IsOfReplica { get; init; }

    /// <summary>The upstream answered.</summary>
    public static CallOutcome Answered(UpstreamReply reply, string service, InstanceState instance, int attempts, bool isOfReplica = false) => new(null, reply)
    {
        Service = service,
        InstanceId = instance.InstanceId,
        Era = instance.Client.Connection?.Era,
        Attempts = attempts,
        IsOfReplica = isOfReplica,
    };

    /// <summary>No answer can be given.</summary>
    public static CallOutcome Failed(ErrorCode failure, string service) => new(failure, null) { Service = service };

    /// <inheritdoc cref="Failed(ErrorCode, string)"/>
    public static CallOutcome Failed(ErrorCode failure, string service, string? instanceId, int attempts, bool maybeExecuted, TimeSpan? retryAfter = null, string? detail = null) =>
        new(failure, null) { Service = service, InstanceId = instanceId, Attempts = attempts, MaybeExecuted = maybeExecuted, RetryAfter = retryAfter, Detail = detail };

    /// <inheritdoc/>
    public void Dispose() => Reply?.Dispose();
}
