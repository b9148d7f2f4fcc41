namespace McpRegistry.Core.Json;

/// <summary>What a scan saw of a JSON-RPC answer: where its parts stand.</summary>
/// <param name="Result">The <c>result</c>; empty in an error answer.</param>
/// <param name="Error">The <c>error</c>; empty in a good answer.</param>
/// <param name="HasResultType">True when the result names its <c>resultType</c> (modern servers do).</param>
/// <param name="IsToolError">True when the result says <c>"isError": true</c>.</param>
public readonly record struct JsonRpcResponse(ByteRange Result, ByteRange Error, bool HasResultType, bool IsToolError)
{
    /// <summary>True when the <c>resultType</c> is not plainly <c>"complete"</c>: the result may ask for something.</summary>
    public bool MayAsk { get; init; }

    /// <summary>The same answer in a buffer where it stands <paramref name="distance"/> bytes further on.</summary>
    internal JsonRpcResponse Behind(int distance) => this with { Result = Move(Result, distance), Error = Move(Error, distance) };

    private static ByteRange Move(ByteRange range, int distance) => range.IsEmpty ? range : range with { Start = range.Start + distance };
}
