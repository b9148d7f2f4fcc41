using McpRegistry.Core.Storage;

using Microsoft.AspNetCore.Connections;

namespace McpRegistry.Api.Hosting;

internal static class GatewayRun
{
    /// <summary>Runs until a stop is asked for. A refused start is one line for the operator, not a stack trace.</summary>
    public static async Task<int> RunGatewayAsync(this WebApplication app)
    {
        if ((ListenRule.Refusal(app.Configuration) ?? await app.Services.OpenRegistryStoreAsync()) is { } refusal)
        {
            await Console.Error.WriteLineAsync("Refusing to start: " + refusal);
            return 1;
        }

        try { await app.RunAsync(); }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{failure.Message} Another gateway may be running; choose another address with --urls.");
            return 1;
        }
        return 0;
    }
}
