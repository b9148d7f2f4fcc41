using System.Text.Json;

using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>Calls of the SDK's client in the form that load is counted in.</summary>
internal static class McpCalls
{
    public static async Task<CallAnswer> TryCallAsync(this McpClient client, string tool, params (string Name, object? Value)[] arguments)
    {
        try
        {
            var result = await client.CallToolAsync(tool, arguments.ToDictionary(one => one.Name, one => one.Value));
            return new CallAnswer(200, JsonSerializer.SerializeToElement(result, McpJsonUtilities.DefaultOptions));
        }
        catch (Exception failure) when (failure is McpException or HttpRequestException or IOException or InvalidOperationException or OperationCanceledException)
        {
            return CallAnswer.None(failure);
        }
    }
}
