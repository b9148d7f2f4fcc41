using System.Diagnostics;
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
        // A balancer in between answers with a page of its own when it reaches nobody.
        var isOwn = answer.Content.Headers.ContentType?.MediaType is { } type && type.EndsWith("json", StringComparison.Ordinal);
        return new CallAnswer((int)answer.StatusCode, isOwn ? await answer.Content.ReadFromJsonAsync<JsonElement>() : JsonElement.Parse("{}"));
    }

    /// <summary>A call whose connection may break.</summary>
    public async Task<CallAnswer> TryCallAsync(string service, string tool, object arguments)
    {
        try
        {
            return await CallAsync(service, tool, arguments);
        }
        catch (HttpRequestException broken)
        {
            return CallAnswer.None(broken);
        }
    }

    /// <summary>Registers a service; the answer's status and how long it took.</summary>
    public async Task<(int Status, TimeSpan Took)> RegisterAsync(string name, Uri baseUrl)
    {
        var start = Stopwatch.GetTimestamp();
        using var answer = await _http.PostAsJsonAsync("/api/services", new JsonObject { ["name"] = name, ["type"] = "fastmcp", ["protocol"] = "http", ["base_url"] = baseUrl.AbsoluteUri });
        return ((int)answer.StatusCode, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>How old what it shows says it is. Null: it is not stale.</summary>
    public async Task<string?> StalenessAsync()
    {
        using var answer = await _http.GetAsync("/api/services");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.TryGetValues("X-Registry-Stale", out var values) ? values.Single() : null;
    }

    /// <summary>The names of all services.</summary>
    public async Task<HashSet<string>> ServiceNamesAsync() =>
        [.. (await ListAsync("/api/services")).Select(service => service.GetProperty("name").GetString()!)];

    public async Task<bool> IsAliveAsync()
    {
        try
        {
            using var answer = await _http.GetAsync("/health/live");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
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
