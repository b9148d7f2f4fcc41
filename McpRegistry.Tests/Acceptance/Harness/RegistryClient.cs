using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>The REST face, as a program would use it.</summary>
internal sealed class RegistryClient(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1000 }) { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(120) };

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public Task<JsonElement> GetAsync(string path) => _http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>The items of a list resource.</summary>
    public async Task<List<JsonElement>> ListAsync(string path)
    {
        var answer = await GetAsync(path);
        var array = answer.ValueKind == JsonValueKind.Array ? answer : answer.EnumerateObject().First(member => member.Value.ValueKind == JsonValueKind.Array).Value;
        return [.. array.EnumerateArray()];
    }

    /// <summary><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c> of each instance, by its URL.</summary>
    public async Task<Dictionary<string, string>> InstanceHealthAsync(string service) =>
        (await ListAsync($"/api/services/{service}/instances")).ToDictionary(
            one => one.GetProperty("base_url").GetString()!,
            one => one.GetProperty("health") is { ValueKind: JsonValueKind.Object } health ? health.GetProperty("status").GetString()! : one.GetProperty("health").GetString()!);

    public async Task<CallAnswer> CallAsync(string service, string tool, object arguments)
    {
        using var answer = await _http.PostAsJsonAsync($"/api/services/{service}/call", new { tool, args = arguments });
        return new CallAnswer((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>The process id of an instance of a sample service.</summary>
    public async Task<int> PidAsync(string service) =>
        (await CallAsync(service, "whoami", new { })).Body.GetProperty("structuredContent").GetProperty("pid").GetInt32();

    /// <summary>True when the registration was acknowledged. False: the connection broke before an answer.</summary>
    public async Task<bool> TryRegisterAsync(string name, Uri baseUrl)
    {
        try
        {
            using var answer = await _http.PostAsJsonAsync("/api/services", new JsonObject { ["name"] = name, ["type"] = "fastmcp", ["protocol"] = "http", ["base_url"] = baseUrl.AbsoluteUri });
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
