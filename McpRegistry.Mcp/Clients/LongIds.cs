using McpRegistry.Core.Json;

namespace McpRegistry.Mcp.Clients;

/// <summary>Refuses what a client gives to be given back again and again, and kept meanwhile, when it is longer than any client needs.</summary>
internal static class LongIds
{
    /// <summary>The longest id and progress token, in bytes as they stand in the message.</summary>
    public const int MaxBytes = 256;

    private static readonly RpcError LongId = new(RpcError.InvalidRequest, "The id is longer than 256 bytes.");
    private static readonly RpcError LongToken = McpErrors.InvalidParams("params._meta.progressToken is longer than 256 bytes.");

    /// <summary>Why the message is not taken. Null: it is.</summary>
    public static RpcError? Refusal(JsonRpcMessage message) =>
        message.Id.Length > MaxBytes ? LongId
        : message.Params.MetaMember(MetaKeys.ProgressToken).Length > MaxBytes ? LongToken
        : null;
}
