using McpRegistry.Core.State;

namespace McpRegistry.Mcp;

/// <summary>The <c>list_changed</c> notifications.</summary>
internal static class ListChangedMessages
{
    private static readonly (CatalogLists List, string Method)[] Methods =
    [
        (CatalogLists.Tools, "notifications/tools/list_changed"),
        (CatalogLists.Prompts, "notifications/prompts/list_changed"),
        (CatalogLists.Resources, "notifications/resources/list_changed"),
    ];

    private static readonly (CatalogLists List, byte[] Message)[] Plain =
        [.. Methods.Select(one => (one.List, System.Text.Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"{{one.Method}}"}""")))];

    /// <summary>For a legacy stream.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(CatalogLists lists) =>
        Plain.Where(one => lists.HasFlag(one.List)).Select(one => (ReadOnlyMemory<byte>)one.Message);

    /// <summary>For a modern subscription, each with the subscription's id.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(CatalogLists lists, ReadOnlyMemory<byte> subscriptionId) =>
        Methods.Where(one => lists.HasFlag(one.List)).Select(one => Tagged(one.Method, subscriptionId));

    private static ReadOnlyMemory<byte> Tagged(string method, ReadOnlyMemory<byte> subscriptionId) => (byte[])
    [
        .. System.Text.Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","method":"{{{method}}}","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"""),
        .. subscriptionId.Span,
        .. "}}}"u8,
    ];
}
