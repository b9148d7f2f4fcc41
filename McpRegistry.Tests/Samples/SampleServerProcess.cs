using System.Diagnostics;
using System.Runtime.InteropServices;

namespace McpRegistry.Tests.Samples;

/// <summary>The sample server as a real process. Killed on dispose.</summary>
public sealed class SampleServerProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const string ReadyPrefix = "listening on ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private SampleServerProcess(Process process, Uri endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    /// <summary>The command that starts the sample server; its arguments are <see cref="Arguments"/>.</summary>
    public static string Command { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Where MCP is spoken: http://127.0.0.1:PORT/mcp.</summary>
    public Uri Endpoint { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The exit code, once <see cref="WaitForExitAsync"/> has returned.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The arguments of <see cref="Command"/> for a server with these options.</summary>
    public static string[] Arguments(params string[] options) =>
        [Path.Combine(AppContext.BaseDirectory, "McpRegistry.SampleServer.dll"), .. options];

    /// <summary>The arguments of <see cref="Command"/> for a stdio server with these further options.</summary>
    public static string[] StdioArguments(params string[] options) => Arguments(["--stdio", .. options]);

    /// <summary>Starts it on any free port and returns when it listens.</summary>
    public static Task<SampleServerProcess> StartHttpAsync(params string[] options) => StartHttpOnPortAsync(0, options);

    /// <summary>Starts it on a known port, such as that of one that was killed.</summary>
    public static async Task<SampleServerProcess> StartHttpOnPortAsync(int port, params string[] options)
    {
        var process = Start(Arguments(["--http", $"{port}", .. options]));
        try
        {
            using var timeout = new CancellationTokenSource(StartTimeout, TimeProvider.System);
            while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                if (line.StartsWith(ReadyPrefix, StringComparison.Ordinal))
                    return new SampleServerProcess(process, new Uri(line[ReadyPrefix.Length..]));
            }

            throw new InvalidOperationException($"The sample server ended: {await process.StandardError.ReadToEndAsync(timeout.Token)}");
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary>Starts it with exactly these options and its three streams in the hands of the test.</summary>
    public static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Asks it politely to end.</summary>
    public void Terminate() => Send(SigTerm);

    /// <summary>Freezes it: its sockets accept, nothing answers.</summary>
    public void Stop() => Send(OperatingSystem.IsMacOS() ? 17 : 19);

    /// <summary>Lets it go on after <see cref="Stop"/>.</summary>
    public void Continue() => Send(OperatingSystem.IsMacOS() ? 19 : 18);

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Send(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0)
            throw new InvalidOperationException($"kill -{signal} {_process.Id} failed: {Marshal.GetLastPInvokeError()}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int pid, int signal);
}
