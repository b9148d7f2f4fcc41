namespace McpRegistry.Mcp;

/// <summary>An answer as it goes out: the client's id, then a result or an error as the bytes it is, maybe with members put in front of its own.</summary>
/// <param name="id">The id, as the client wrote it.</param>
/// <param name="member"><see cref="EnvelopeParts.Result"/> or <see cref="EnvelopeParts.Error"/>.</param>
/// <param name="spliced">Members of an object, without its braces. Empty: none.</param>
/// <param name="value">The result or the error; an object where there is something to splice.</param>
internal readonly struct AnswerEnvelope(ReadOnlyMemory<byte> id, ReadOnlyMemory<byte> member, ReadOnlyMemory<byte> spliced, ReadOnlyMemory<byte> value)
{
    /// <summary>Bytes of what stands before <see cref="Rest"/>.</summary>
    public int BeginLength { get; } =
        EnvelopeParts.Start.Length + id.Length + member.Length + (spliced.IsEmpty ? 0 : spliced.Length + (EnvelopeParts.IsEmptyObject(value.Span) ? 1 : 2));

    /// <summary>What is left of the value; <see cref="EnvelopeParts.End"/> comes behind it.</summary>
    public ReadOnlyMemory<byte> Rest => spliced.IsEmpty ? value : value[1..];

    /// <summary>Bytes of all.</summary>
    public int Length => BeginLength + Rest.Length + EnvelopeParts.End.Length;

    /// <summary>Writes what stands before <see cref="Rest"/>, <see cref="BeginLength"/> bytes.</summary>
    public void CopyBeginTo(Span<byte> target)
    {
        target = Put(Put(Put(target, EnvelopeParts.Start), id.Span), member.Span);
        if (spliced.IsEmpty) return;
        target = Put(Put(target, "{"u8), spliced.Span);
        if (!EnvelopeParts.IsEmptyObject(value.Span)) Put(target, ","u8);
    }

    /// <summary>Writes all, <see cref="Length"/> bytes.</summary>
    public void CopyTo(Span<byte> target)
    {
        CopyBeginTo(target);
        Put(Put(target[BeginLength..], Rest.Span), EnvelopeParts.End.Span);
    }

    private static Span<byte> Put(Span<byte> target, ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(target);
        return target[piece.Length..];
    }
}
