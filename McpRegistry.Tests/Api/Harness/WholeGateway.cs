using System.Text;

using McpRegistry.Api;
using McpRegistry.Api.Hosting;
using McpRegistry.Api.Startup;
using McpRegistry.Core;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;
using McpRegistry.Mcp;
using McpRegistry.ServiceDefaults;
using McpRegistry.Tests.Storage;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Api.Harness;

/// <summary>The gateway as its program puts it together, in this process, with nothing faked: what it logs, measures and traces can be heard.</summary>
internal sealed class WholeGateway : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly bool _ownsFolder;
    private readonly WebApplication _app;

    private WholeGateway(TemporaryFolder folder, bool ownsFolder, WebApplication app)
    {
        (_folder, _ownsFolder) = (folder, ownsFolder);
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public RegistryState State => Get<RegistryState>();

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>The files it keeps that hold a text, in clear.</summary>
    public IEnumerable<string> StoredFilesWith(string text) => Directory.EnumerateFiles(_folder.Path)
        .Where(file => Path.GetFileName(file) != "mcp-servers.json" && BytesOf(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    /// <param name="settings">Further settings. Null: none.</param>
    /// <param name="log">Hears every line, of every level. Null: nobody does.</param>
    /// <param name="output">What would be printed for whoever starts it. Null: nobody reads it.</param>
    /// <param name="configure">Adds further parts. Null: none.</param>
    /// <param name="servers">Its <c>mcp-servers.json</c>. Null: what is in the folder.</param>
    /// <param name="folder">Where its files are, which stay. Null: a folder of its own.</param>
    public static async Task<WholeGateway> StartAsync(
        Dictionary<string, string>? settings = null, ILoggerProvider? log = null, TextWriter? output = null, Action<IServiceCollection>? configure = null, string? servers = null, TemporaryFolder? folder = null)
    {
        var own = folder is null;
        folder ??= new TemporaryFolder();
        if (servers is not null) await File.WriteAllTextAsync(folder.File("mcp-servers.json"), servers);
        Dictionary<string, string> all = new(settings ?? [])
        {
            ["urls"] = "http://127.0.0.1:0",
        };
        all.TryAdd("McpRegistry:Storage:Path", folder.File("registry.db"));
        all.TryAdd("McpRegistry:Discovery:File", folder.File("mcp-servers.json"));
        all.TryAdd("McpRegistry:Http:AllowStdioRegistration", "true");
        var builder = WebApplication.CreateSlimBuilder([.. all.SelectMany(pair => new[] { "--" + pair.Key, pair.Value })]);
        builder.AddServiceDefaults();
        builder.AddGatewayHost();
        builder.Services.AddRegistryCore(builder.Configuration);
        builder.AddRestFace();
        builder.Services.AddMcpFace(builder.Configuration);
        builder.AddStartupReport();
        builder.Services.AddSingleton(output ?? TextWriter.Null);
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace).AddFilter(_ => true);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseGatewayHost();
        app.MapServiceDefaults();
        app.MapRestFace();
        app.MapMcpFace();
        Assert.Null(await app.Services.OpenRegistryStoreAsync());
        await app.StartAsync();
        return new WholeGateway(folder, own, app);
    }

    /// <summary>Sends, and gives status, headers and body as one text.</summary>
    public async Task<(int Status, string All)> SendAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        return ((int)response.StatusCode, $"{response.Headers}{response.Content.Headers}\n{await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"It never came to pass: {what()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    // SQLite has it open.
    private static byte[] BytesOf(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder) _folder.Dispose();
    }
}
