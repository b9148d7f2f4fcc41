using System.Text.Json;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Cluster;

/// <summary>One gateway of several on one Redis, as a process of its own.</summary>
internal sealed class PinnedReplica : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Uri _url = new($"http://127.0.0.1:{FreePort.Find()}");
    private readonly RunningProcess _process;

    private PinnedReplica(string redis, ServersFile servers)
    {
        servers.WriteTo(_folder.File("mcp-servers.json"));
        var assembly = Repository.AssemblyOf("McpRegistry.Api");
        _process = RunningProcess.Start("dotnet", [assembly, "--urls", _url.AbsoluteUri], Path.GetDirectoryName(assembly), new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = redis,
            ["McpRegistry__Discovery__File"] = _folder.File("mcp-servers.json"),
            ["McpRegistry__Storage__Path"] = _folder.File("registry.db"),
            ["Logging__LogLevel__McpRegistry"] = "Debug",
        });
        Rest = new RegistryClient(_url);
    }

    public RegistryClient Rest { get; }

    public string Output => _process.Output;

    public static PinnedReplica Start(string redis, ServersFile servers) => new(redis, servers);

    /// <summary>True when its service is to be had here: its own children, or another's.</summary>
    public async Task<bool> ServesAsync(string service)
    {
        Assert.False(_process.HasExited, Output);
        return await Rest.IsReadyAsync() && await ToolsOfAsync(service) > 0;
    }

    /// <summary>The instances it sends calls to, by id, with their addresses.</summary>
    public async Task<Dictionary<string, string?>> InstancesAsync(string service) =>
        (await Rest.ListAsync($"/api/services/{service}/instances")).ToDictionary(one => one.GetProperty("instance_id").GetString()!, AddressOf);

    /// <summary>True when the children run here, be it that another way still stands beside them.</summary>
    public async Task<bool> OwnsAsync(string service) => (await InstancesAsync(service)).Keys.Any(id => id.StartsWith("child-", StringComparison.Ordinal));

    /// <summary>True when its calls have one way only.</summary>
    public async Task<bool> IsSettledAsync(string service) => (await InstancesAsync(service)).Count == 1;

    public void Terminate() => _process.Send("TERM");

    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Rest.Dispose();
        _folder.Dispose();
    }

    private async Task<int> ToolsOfAsync(string service) =>
        (await Rest.ListAsync("/api/tools")).Count(tool => tool.GetProperty("service").GetString() == service);

    private static string? AddressOf(JsonElement instance) =>
        instance.TryGetProperty("base_url", out var address) && address.ValueKind == JsonValueKind.String ? address.GetString() : null;
}
