namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>
/// How much work one document may cost, in bytes of what is looked at and copied. A document is bounded in size, but what it refers to
/// is used again and again: a few lines for each of a thousand operations can stand for gigabytes.
/// </summary>
internal sealed class ReadingBudget(CancellationToken cancellationToken)
{
    private long _left = MaxBytes;

    /// <summary>True when nothing more is read of the document.</summary>
    public bool IsSpent => _left < 0;

    /// <summary>Takes from it.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for the document any more.</exception>
    public void Spend(long bytes)
    {
        _left -= bytes;
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Some times what all schemas of a document may take in the end.
    private const long MaxBytes = 24 * 1024 * 1024;
}
