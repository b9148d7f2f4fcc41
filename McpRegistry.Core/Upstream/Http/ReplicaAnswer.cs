namespace McpRegistry.Core.Upstream.Http;

/// <summary>What became of a request to another replica.</summary>
public sealed class ReplicaAnswer : IAsyncDisposable
{
    private ReplicaAnswer(bool mayHaveArrived, HttpResponseMessage? response) => (MayHaveArrived, Response) = (mayHaveArrived, response);

    /// <summary>True when the other replica may have done what was asked.</summary>
    public bool MayHaveArrived { get; }

    /// <summary>The answer, its body unread. Null: there is none.</summary>
    public HttpResponseMessage? Response { get; }

    internal static ReplicaAnswer NotSent { get; } = new(false, null);

    internal static ReplicaAnswer Lost { get; } = new(true, null);

    internal static ReplicaAnswer Of(HttpResponseMessage response) => new(true, response);

    /// <summary>Closes the answer, whatever is left of it.</summary>
    public ValueTask DisposeAsync() => Response is null ? ValueTask.CompletedTask : ResponseBody.AbortAsync(Response);
}
