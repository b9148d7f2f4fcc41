using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace McpRegistry.AppHost.Tests.Running;

/// <summary>The AppHost as people start it, on ports that nobody has, with a path on which only the given programs are.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string Mark = "MCPREGISTRY_TEST_RUN";

    private readonly int _port = RunningApplication.FreePort();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private AppHostProcess(IEnumerable<string> programs)
    {
        var mark = Guid.NewGuid().ToString("N");
        Family = new ProcessFamily($"{Mark}={mark}");
        // A signal that is ignored stays ignored in every child, and shells ignore this one for what they start in the background.
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", "dotnet", Program, "--port", $"{_port}"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "McpRegistry.AppHost"),
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            [Mark] = mark,
            ["PATH"] = FolderOf(programs),
            // Where the tests are killed it ends too, as it does when the CLI that started it is gone.
            ["ASPIRE_CLI_PID"] = $"{Environment.ProcessId}",
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPNETCORE_URLS"] = $"http://localhost:{RunningApplication.FreePort()}",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://localhost:{RunningApplication.FreePort()}",
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = $"http://localhost:{RunningApplication.FreePort()}",
        }) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => { if (line.Data is { } text) _lines.Enqueue(text); };
        _process.BeginOutputReadLine();
    }

    /// <summary>The AppHost in its own folder.</summary>
    public static string Program { get; } = Path.Combine(Repository.Root, "McpRegistry.AppHost", "bin", RunningApplication.Configuration, "net10.0", "McpRegistry.AppHost.dll");

    public ProcessFamily Family { get; }

    /// <summary>What it wrote to its console.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Starts it, and waits until both copies of the sample server can be called.</summary>
    /// <param name="programs">What is on its path; those that this machine does not have are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<AppHostProcess> StartAsync(IEnumerable<string> programs, CancellationToken cancellationToken)
    {
        var host = new AppHostProcess(programs);
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri($"http://127.0.0.1:{host._port}") };
            await RunningApplication.UntilAsync(() => host.IsReadyAsync(client, cancellationToken), cancellationToken);
            return host;
        }
        catch (Exception failed)
        {
            await host.DisposeAsync();
            throw new InvalidOperationException(string.Join('\n', host.Lines), failed);
        }
    }

    /// <summary>Sends a signal to the AppHost alone, and waits until it is gone.</summary>
    public async Task EndAsync(string signal, CancellationToken cancellationToken)
    {
        using (var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        Assert.False(_process.HasExited, "The AppHost ended.");
        try { return (await RunningApplication.InstancesAsync(client, cancellationToken)).Count(one => one.GetProperty("health").GetString() == "healthy") == 2; }
        catch (Exception early) when (early is HttpRequestException or JsonException or KeyNotFoundException) { return false; }
    }

    private static string FolderOf(IEnumerable<string> programs)
    {
        var folder = Directory.CreateTempSubdirectory("path-").FullName;
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        foreach (var program in programs)
            if (path.Select(one => Path.Combine(one, program)).FirstOrDefault(File.Exists) is { } file) File.CreateSymbolicLink(Path.Combine(folder, program), file);
        return folder;
    }
}
