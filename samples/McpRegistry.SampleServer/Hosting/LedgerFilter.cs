using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Hosting;

/// <summary>Writes the ledger line before a tool runs, so that even a crash in its first instruction is on record.</summary>
internal static class LedgerFilter
{
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Around(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next, Ledger ledger) =>
        async (request, cancellationToken) =>
        {
            if (request.MatchedPrimitive is null)
                return await next(request, cancellationToken);

            var tool = request.Params.Name;
            var callId = CallIdOf(request.Params);
            ledger.Execution(tool, callId);
            try
            {
                return await next(request, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                ledger.Cancelled(tool, callId);
                throw;
            }
        };

    private static string? CallIdOf(CallToolRequestParams call) =>
        call.Arguments is { } arguments && arguments.TryGetValue("call_id", out var id)
            ? id.ValueKind == JsonValueKind.String ? id.GetString() : id.GetRawText()
            : null;
}
