using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpRegistry.AppHost.Registry;

/// <summary>The registry's REST face, as the dashboard's commands use it.</summary>
/// <param name="clients">Makes HTTP clients.</param>
/// <param name="gateway">Where the registry listens.</param>
internal sealed class RegistryClient(IHttpClientFactory clients, Gateway gateway)
{
    /// <summary>The HTTP client that sends everything once: calls and other commands, and the stream of changes.</summary>
    public const string CallingClient = "mcp-registry";

    /// <summary>The HTTP client that may send again what only reads.</summary>
    public const string ReadingClient = "mcp-registry-reading";

    // The proxy in front of a process that starts or hangs accepts connections and then says nothing.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The registry's address, once it has one.</summary>
    public async Task<Uri> AddressAsync(CancellationToken cancellationToken) =>
        new(await gateway.Endpoint.GetValueAsync(cancellationToken) ?? throw new InvalidOperationException("The registry has no address."));

    /// <summary>All services, each with its copies.</summary>
    public async Task<ImmutableArray<ServiceView>> ServicesAsync(CancellationToken cancellationToken)
    {
        var services = (await GetAsync<ServiceList>("/api/services", cancellationToken)).Services.ToArray();
        for (var i = 0; i < services.Length; i++) services[i] = services[i] with { Instances = await InstancesAsync(services[i].Name, cancellationToken) };
        return [.. services];
    }

    public async Task<ImmutableArray<InstanceView>> InstancesAsync(string service, CancellationToken cancellationToken) =>
        (await GetAsync<InstanceList>($"/api/services/{service}/instances", cancellationToken)).Instances;

    public async Task<ImmutableArray<ToolView>> ToolsAsync(string service, CancellationToken cancellationToken) =>
        (await GetAsync<ToolList>($"/api/services/{service}/tools", cancellationToken)).Tools;

    /// <summary>Has every instance of a service probed now.</summary>
    public async Task CheckHealthAsync(string service, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LongestWait);
        await PostAsync($"/api/services/{service}/health/check", null, deadline.Token);
    }

    /// <summary>Sends a JSON body, or none.</summary>
    public async Task<RegistryAnswer> PostAsync(string path, string? json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(await AddressAsync(cancellationToken), path));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var client = clients.CreateClient(CallingClient);
        using var response = await client.SendAsync(request, cancellationToken);
        return new RegistryAnswer(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Tells of every change until the registry goes or the caller has enough. The first item comes when the stream is open.</summary>
    public async IAsyncEnumerable<string> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(CallingClient);
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        opening.CancelAfter(LongestWait);
        await using var stream = await client.GetStreamAsync(new Uri(await AddressAsync(opening.Token), "/api/events"), opening.Token);
        opening.CancelAfter(Timeout.InfiniteTimeSpan);
        yield return "open";
        await foreach (var change in SseParser.Create(stream).EnumerateAsync(cancellationToken)) yield return change.EventType;
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ReadingClient);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LongestWait);
        return await client.GetFromJsonAsync<T>(new Uri(await AddressAsync(deadline.Token), path), Json, deadline.Token)
            ?? throw new JsonException($"{path} answered null.");
    }

    private sealed record ServiceList(ImmutableArray<ServiceView> Services);

    private sealed record InstanceList(ImmutableArray<InstanceView> Instances);

    private sealed record ToolList(ImmutableArray<ToolView> Tools);
}

/// <summary>Which resource of the model is the registry's REST and MCP face.</summary>
internal sealed record Gateway(IResource Resource, EndpointReference Endpoint);

/// <summary>A service, as far as the dashboard shows it.</summary>
internal sealed record ServiceView(string Name, string State, string? Reason, int ToolCount)
{
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Its running copies; asked for by themselves.</summary>
    [JsonIgnore]
    public ImmutableArray<InstanceView> Instances { get; init; } = [];

    /// <summary>How many of them get new calls.</summary>
    [JsonIgnore]
    public int InService => Instances.Count(one => one is { Health: "healthy", Draining: false });

    /// <summary>True when one of several is out: it can be called all the same.</summary>
    [JsonIgnore]
    public bool IsShort => State == "ready" && InService < Instances.Length;
}

/// <summary>A running copy of a service.</summary>
internal sealed record InstanceView(string InstanceId, Uri? BaseUrl, string Health, bool Draining);

/// <summary>A tool of a service.</summary>
internal sealed record ToolView(string Name, string? Description, JsonElement InputSchema);

/// <summary>What the registry answered.</summary>
internal sealed record RegistryAnswer(bool IsSuccess, string Body);
