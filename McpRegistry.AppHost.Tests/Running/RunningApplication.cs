using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

using McpRegistry.AppHost.Stores;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace McpRegistry.AppHost.Tests.Running;

/// <summary>
/// One run of the whole, for the tests that leave it as they found it: orchestrator, dashboard, the api, a bridge with its program, two
/// copies of a project; where there is a redis-server, Redis and a health worker.
/// </summary>
public sealed class RunningApplication : IAsyncLifetime
{
    public const string Name = "running application";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private DistributedApplication? _app;
    private HttpClient? _client;

    public DistributedApplication App => _app!;

    public IDistributedApplicationTestingBuilder Model { get; private set; } = null!;

    /// <summary>Speaks REST to the api.</summary>
    public HttpClient Client => _client!;

    public ResourceNotificationService Rows => App.ResourceNotifications;

    /// <summary>Ends what has hung.</summary>
    public static CancellationTokenSource Deadline() => new(Patience);

    /// <summary>Nothing from a package registry, nothing that another run may have left, and a port that nobody has.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> ModelAsync(string store, bool withDashboard = false)
    {
        var model = await Tests.Model.ToRunAsync(new DistributedApplicationTestingBuilderOptions { EnableDashboard = withDashboard },
            $"--store={store}", $"--port={FreePort()}", "--DcpPublisher:WaitForResourceCleanup=false");
        // In a test nobody is there to be asked, Aspire believes; here somebody sits before the dashboard.
        if (withDashboard) model.Configuration["ASPIRE_INTERACTIVITY_ENABLED"] = "true";
        foreach (var server in model.Resources.OfType<McpServerResource>().Where(one => one.Kind == "stdio").ToList())
        {
            foreach (var copy in server.Instances) model.Resources.Remove(copy);
            model.Resources.Remove(server);
        }
        var database = Path.Combine(Directory.CreateTempSubdirectory("apphost-").FullName, "registry.db");
        model.CreateResourceBuilder((ProjectResource)model.Find("api")).WithEnvironment("McpRegistry__Storage__Path", database);
        // A process that stops would wait for a dashboard that is not there.
        if (!withDashboard) foreach (var project in model.Resources.OfType<ProjectResource>()) model.CreateResourceBuilder(project).WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", "");
        return model;
    }

    /// <summary>The sample server as a program on stdin and stdout.</summary>
    public static void AddProgram(IDistributedApplicationBuilder model) =>
        model.AddMcpServer("program", "dotnet", Path.Combine("..", "samples", "McpRegistry.SampleServer", "bin", Configuration, "net10.0", "McpRegistry.SampleServer.dll"), "--stdio", "--name", "program");

    /// <summary>Debug or Release, whichever these tests are.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task InitializeAsync()
    {
        using var deadline = Deadline();
        Model = await ModelAsync(RedisServer.IsOnPath() ? "redis-server" : "embedded", withDashboard: true);
        AddProgram(Model);
        _app = await Model.BuildAsync(deadline.Token);
        await _app.StartAsync(deadline.Token);
        await Task.WhenAll(Model.Resources.Where(one => one is ProjectResource or McpServerResource).Select(one => Rows.WaitForResourceHealthyAsync(one.Name, deadline.Token)));
        _client = _app.CreateHttpClient("api", "http");
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        if (Model is not null) await Model.DisposeAsync();
    }

    /// <summary>Runs a command of a row as the dashboard does.</summary>
    public Task<ExecuteCommandResult> ExecuteAsync(string resource, string command, CancellationToken cancellationToken, params (string Name, string Value)[] arguments) =>
        App.ResourceCommands.ExecuteCommandAsync(Model.Find(resource), command,
            new InteractionInputCollection([.. arguments.Select(one => new InteractionInput { Name = one.Name, InputType = InputType.Text, Value = one.Value })]), cancellationToken);

    /// <summary>Waits until a row is as well as can be, also where its process is down at first.</summary>
    public Task HealthyAsync(string resource, CancellationToken cancellationToken) =>
        Rows.WaitForResourceHealthyAsync(resource, WaitBehavior.WaitOnResourceUnavailable, cancellationToken);

    /// <summary>Waits until a row is so, and tells how it was if it never is.</summary>
    public async Task RowAsync(string resource, Func<CustomResourceSnapshot, bool> isSo, CancellationToken cancellationToken)
    {
        var last = "never seen";
        try
        {
            await Rows.WaitForResourceAsync(resource, row =>
            {
                last = $"{row.Snapshot.State?.Text}, {row.Snapshot.HealthStatus}, exit code {row.Snapshot.ExitCode}, hidden {row.Snapshot.IsHidden}, {SourceOf(row.Snapshot)}, {string.Join(' ', row.Snapshot.Commands.Select(one => $"{one.Name}={one.State}"))}";
                return isSo(row.Snapshot);
            }, cancellationToken);
        }
        catch (OperationCanceledException) { Assert.Fail($"'{resource}' stayed so: {last}"); }
    }

    /// <summary>What a row says in the column of that name.</summary>
    public static string? SourceOf(CustomResourceSnapshot row) => row.Properties.FirstOrDefault(one => one.Name == CustomResourceKnownProperties.Source)?.Value?.ToString();

    public static async Task<string> EchoAsync(HttpClient client, string service, string message, CancellationToken cancellationToken)
    {
        using var body = new StringContent(JsonSerializer.Serialize(new { message }), Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri($"/api/services/{service}/tools/echo", UriKind.Relative), body, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    public static async Task<IReadOnlyList<JsonElement>> InstancesAsync(HttpClient client, CancellationToken cancellationToken) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/services/sample/instances", cancellationToken)).GetProperty("instances").EnumerateArray()];

    public static async Task UntilAsync(Func<Task<bool>> isSo, CancellationToken cancellationToken)
    {
        while (!await isSo()) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
    }
}

[CollectionDefinition(RunningApplication.Name)]
public sealed class RunningApplicationGroup : ICollectionFixture<RunningApplication>;
