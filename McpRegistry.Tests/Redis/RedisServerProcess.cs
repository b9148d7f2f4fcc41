using McpRegistry.Tests.Acceptance.Harness;

using StackExchange.Redis;

namespace McpRegistry.Tests.Redis;

/// <summary>A real <c>redis-server</c> on 127.0.0.1 that a test may kill, stop and bring back, empty or not, at the same port.</summary>
internal sealed class RedisServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly bool IsInstalled = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    private readonly TemporaryFolder _folder = new();
    private readonly RedisServerSettings _settings;
    private RunningProcess? _process;

    private RedisServerProcess(RedisServerSettings settings) => _settings = settings;

    /// <summary>Why tests that need one cannot run here. Null: they can, or must because this is CI.</summary>
    public static string? WhyNot => IsInstalled || AcceptanceRun.IsCi ? null : "needs redis-server on PATH";

    public int Port { get; private set; }

    public int ProcessId => _process!.Id;

    /// <summary>For the default user; <c>,user=…,password=…</c> can follow when there is no password yet.</summary>
    public string ConnectionString =>
        $"127.0.0.1:{Port}" + (_settings.Password is { } password ? $",password={password}" : "") + (_settings.Tls is null ? "" : ",ssl=true,sslHost=localhost");

    /// <summary>What it printed since it was last started.</summary>
    public string Output => _process!.Output;

    public static async Task<RedisServerProcess> StartAsync(RedisServerSettings? settings = null)
    {
        var server = new RedisServerProcess(settings ?? new RedisServerSettings());
        // Somebody else may take a free port before the server does.
        for (var attempt = 1; ; attempt++)
        {
            server.Port = FreePort.Find();
            try
            {
                await server.LaunchAsync();
                return server;
            }
            catch (IOException) when (attempt < 5) { }
        }
    }

    /// <summary>It hangs: connections stay open, nothing is answered.</summary>
    public void Stop() => _process!.Send("STOP");

    public void Continue() => _process!.Send("CONT");

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Brings it back at the same port; with its data only when it is persistent.</summary>
    /// <param name="empty">Whether a persistent one forgets everything as well.</param>
    public async Task RestartAsync(bool empty = false)
    {
        await _process!.DisposeAsync();
        if (empty || !_settings.Persistent)
        {
            Directory.Delete(DataFolder, recursive: true);
        }
        await LaunchAsync();
    }

    /// <summary>A connection of the test's own, to look and to meddle.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var settings = ConfigurationOptions.Parse(ConnectionString);
        settings.AllowAdmin = true;
        if (_settings.Tls is { } tls) settings.TrustIssuer(tls.AuthorityFile);
        return await ConnectionMultiplexer.ConnectAsync(settings);
    }

    /// <summary>One command on such a connection.</summary>
    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments)
    {
        await using var connection = await ConnectAsync();
        return await connection.GetDatabase().ExecuteAsync(command, arguments);
    }

    /// <summary>All keys there are.</summary>
    public async Task<string[]> KeysAsync() => (string[])(await ExecuteAsync("KEYS", "*"))!;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _folder.Dispose();
    }

    private string DataFolder => _folder.File("data");

    private async Task LaunchAsync()
    {
        Directory.CreateDirectory(DataFolder);
        var file = _folder.File("redis.conf");
        await File.WriteAllLinesAsync(file, _settings.ConfigurationOn(Port, DataFolder));
        var process = RunningProcess.Start("redis-server", [file]);
        await Eventually.TrueAsync(
            () => process.HasExited || process.Output.Contains("Ready to accept connections", StringComparison.Ordinal), Patience, "redis-server is ready");
        _process = process;
        if (!process.HasExited) return;
        var output = process.Output;
        await process.DisposeAsync();
        throw new IOException($"redis-server ended at once:\n{output}");
    }
}
