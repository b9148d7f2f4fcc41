namespace McpRegistry.Core.Upstream.Channels;

/// <summary>A message did not end within the limit.</summary>
/// <param name="limit">The limit in bytes.</param>
/// <param name="id">The id of the request it answers, where its beginning or end tells; otherwise null.</param>
/// <param name="isPassedOver">True: its end was found, and the channel goes on behind it. False: the channel is of no more use.</param>
internal sealed class MessageTooLargeException(int limit, long? id, bool isPassedOver = false) : Exception($"a message was larger than {limit} bytes")
{
    public long? Id { get; } = id;

    public bool IsPassedOver { get; } = isPassedOver;

    /// <summary>True when it is known to be no answer, so that no call fails for it.</summary>
    public bool IsNoAnswer { get; init; }

    /// <summary>False when it was within the limit, and there was no room for it in the budget of the process.</summary>
    public bool HasRoom { get; init; } = true;

    /// <summary>What became of the call it answers.</summary>
    public UpstreamOutcome Outcome => HasRoom ? UpstreamOutcome.ResponseTooLarge : UpstreamOutcome.NoRoom;

    /// <summary>How long it was, as far as it was read, in bytes.</summary>
    public long Length { get; init; }
}
