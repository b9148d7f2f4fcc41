namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>Where a supervised child stands.</summary>
/// <param name="Text">In words, for operators.</param>
/// <param name="Next">Ends when the attempt under way or awaited is decided: null for success, else the reason of the failure.</param>
internal sealed record SupervisorState(string Text, TaskCompletionSource<string?> Next)
{
    /// <summary>The conversation, while there is one.</summary>
    public StdioSession? Session { get; init; }

    /// <summary>True when it is worth waiting for <see cref="Next"/>.</summary>
    public bool IsComing { get; init; }

    /// <summary>The pause before the next start, which a call may shorten. Null: there is none.</summary>
    public RestartPause? Pause { get; init; }

    /// <summary>True when nothing will come any more.</summary>
    public bool IsStopped { get; init; }
}
