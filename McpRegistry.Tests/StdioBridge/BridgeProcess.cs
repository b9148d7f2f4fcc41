using System.Text.RegularExpressions;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.StdioBridge;

/// <summary>The real bridge as a process of its own, on a port of loopback that nobody else has.</summary>
internal sealed partial class BridgeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);
    private readonly RunningProcess _process;
    private readonly HttpClient _http = new(new SocketsHttpHandler());

    private BridgeProcess(RunningProcess process) => _process = process;

    /// <summary>Where MCP is spoken.</summary>
    public Uri Mcp { get; private set; } = null!;

    public string Output => _process.Output;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it and waits until it listens; its server may still be starting.</summary>
    /// <param name="command">The command line: options and <c>--</c>, or the server's command at once.</param>
    /// <param name="settings">The environment.</param>
    public static async Task<BridgeProcess> StartAsync(IEnumerable<string> command, Dictionary<string, string>? settings = null)
    {
        var bridge = new BridgeProcess(Run(command, settings));
        try
        {
            await Eventually.TrueAsync(() =>
            {
                Assert.False(bridge.HasExited, bridge.Output);
                return Address().IsMatch(bridge.Output);
            }, StartsWithin, "the bridge listens");
            bridge.Mcp = new Uri(Address().Match(bridge.Output).Groups["url"].Value);
            return bridge;
        }
        catch
        {
            await bridge.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and waits until its server is connected.</summary>
    public static async Task<BridgeProcess> StartReadyAsync(IEnumerable<string> command, Dictionary<string, string>? settings = null)
    {
        var bridge = await StartAsync(command, settings);
        await Eventually.TrueAsync(async () => await bridge.StatusOfAsync("/health/ready") == 200, StartsWithin, "the server is connected\n" + bridge.Output);
        return bridge;
    }

    /// <summary>Starts it to see it end.</summary>
    public static RunningProcess Run(IEnumerable<string> command, Dictionary<string, string>? settings = null) =>
        RunningProcess.Start("dotnet", [Repository.AssemblyOf("McpRegistry.StdioBridge"), .. command], environment: new Dictionary<string, string>(settings ?? [])
        {
            ["McpRegistry__Bridge__ShowStderr"] = settings?.GetValueOrDefault("McpRegistry__Bridge__ShowStderr") ?? "true",
            ["ASPNETCORE_URLS"] = settings?.GetValueOrDefault("ASPNETCORE_URLS") ?? "http://127.0.0.1:0",
        });

    public async Task<int> StatusOfAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(Mcp, path));
        return (int)answer.StatusCode;
    }

    public void Terminate() => _process.Send("TERM");

    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("is served at (?<url>[^ ]+) by ")]
    private static partial Regex Address();
}
