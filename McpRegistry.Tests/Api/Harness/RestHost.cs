using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

using McpRegistry.Api;
using McpRegistry.Api.Hosting;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Discovery;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.ServiceDefaults;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Api.Harness;

/// <summary>The REST face on a real server on a free port, with fakes of Core behind it.</summary>
internal sealed class RestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RestHost(WebApplication app, RegistryState state, FakeDispatcher dispatcher, FakeServiceRegistry registry, FakeControls controls)
    {
        _app = app;
        State = state;
        Dispatcher = dispatcher;
        Registry = registry;
        Controls = controls;
        Freshness = app.Services.GetRequiredService<RegistryFreshness>();
        Address = new Uri(app.Urls.Single());
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public RegistryState State { get; }

    public FakeDispatcher Dispatcher { get; }

    public FakeServiceRegistry Registry { get; }

    public FakeControls Controls { get; }

    public RegistryFreshness Freshness { get; }

    public static async Task<RestHost> StartAsync(Dictionary<string, string>? settings = null, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", .. (settings ?? []).SelectMany(pair => new[] { "--" + pair.Key, pair.Value })]);
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        builder.AddGatewayHost();
        builder.AddRestFace();
        if (time is not null) builder.Services.AddSingleton(time);

        var (state, dispatcher, registry, controls) = (new RegistryState(), new FakeDispatcher(), new FakeServiceRegistry(), new FakeControls());
        builder.Services.AddSingleton(state);
        builder.Services.AddSingleton<ICallDispatcher>(dispatcher);
        builder.Services.AddSingleton<IServiceRegistry>(registry);
        builder.Services.AddSingleton<IHealthChecker>(controls);
        builder.Services.AddSingleton<ICatalogRefresher>(controls);
        builder.Services.AddRegistration();
        builder.Services.AddSingleton<McpServersFileSource>();
        builder.Services.AddSingleton<ServiceDiscoverySource>();

        var app = builder.Build();
        app.UseGatewayHost();
        app.MapServiceDefaults();
        app.MapRestFace();
        app.MapGet("/test/bug", string () => throw new InvalidOperationException("the-inside-of-it"));
        await app.StartAsync();
        return new RestHost(app, state, dispatcher, registry, controls);
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType.Length > 0) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value) || request.Content?.Headers.TryAddWithoutValidation(name, value) == true);
        using var response = await Http.SendAsync(request);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsStringAsync(), response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, string? body = null, string contentType = "application/json", params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body, contentType, headers);

    public Task StopAsync() => _app.StopAsync();

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

internal sealed record Answer(int Status, string ContentType, string Body, Dictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>Asserts that it is a problem of this kind, whole and without a word of the inside.</summary>
    public JsonElement IsProblem(int status, string? code)
    {
        Assert.Equal(status, Status);
        Assert.Equal("application/problem+json", ContentType);
        var problem = Json;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(code, problem.TryGetProperty("code", out var named) ? named.GetString() : null);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("trace_id").GetString()!);
        Assert.DoesNotContain(problem.EnumerateObject(), member => member.Value.ValueKind == JsonValueKind.Null);
        Assert.DoesNotContain("Exception", Body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Body, StringComparison.Ordinal);
        return problem;
    }
}
