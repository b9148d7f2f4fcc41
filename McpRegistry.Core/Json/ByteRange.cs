namespace McpRegistry.Core.Json;

/// <summary>Where a value stands in a buffer.</summary>
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>True when there is no such value.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The value's bytes.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Length);

    /// <inheritdoc cref="Of(ReadOnlySpan{byte})"/>
    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> buffer) => buffer.Slice(Start, Length);
}
