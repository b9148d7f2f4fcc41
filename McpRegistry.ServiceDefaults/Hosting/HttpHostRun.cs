using System.Runtime.InteropServices;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>Runs a process.</summary>
public static class HttpHostRun
{
    /// <summary>Runs until a stop is asked for. A refused start is one line for the operator, not a stack trace.</summary>
    /// <param name="app">The process.</param>
    /// <param name="refusal">Asked before anything starts: why the process must not. Null answer: it may.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunHttpHostAsync(this WebApplication app, Func<Task<string?>>? refusal = null)
    {
        if (ListenRule.Refusal(app.Configuration) is { } address) return await RefuseAsync(address);

        try
        {
            // The host would do this too, and log a stack trace.
            app.Services.GetService<IStartupValidator>()?.Validate();
            if (refusal is not null && await refusal() is { } reason) return await RefuseAsync(reason);
            await RunAsync(app);
        }
        catch (OptionsValidationException failure)
        {
            return await RefuseAsync(string.Join(" ", failure.Failures));
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{failure.Message} Another copy may be running; choose another address with --urls.");
            return 1;
        }
        return 0;
    }

    private static async Task RunAsync(WebApplication app)
    {
        await using var owned = app;
        await app.StartAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (app.Lifetime.ApplicationStopping.Register(asked.SetResult)) await asked.Task;

        // Whoever asks a second time does not want to wait for calls in flight.
        using var impatience = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => impatience.Cancel());
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => impatience.Cancel());
        await app.StopAsync(impatience.Token);
    }

    private static async Task<int> RefuseAsync(string reason)
    {
        await Console.Error.WriteLineAsync("Refusing to start: " + reason);
        return 1;
    }
}
