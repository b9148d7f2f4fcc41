using McpRegistry.Core.Discovery;
using McpRegistry.Core.Registration;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Discovery;

public sealed class McpServersFileSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingRegistry _registry = new();
    private readonly FakeLogger<McpServersFileSource> _logger = new();
    private readonly List<McpServersFileSource> _sources = [];

    private string FilePath => _folder.File("mcp-servers.json");

    public void Dispose()
    {
        foreach (var source in _sources) source.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_file_is_applied_before_the_start_is_over()
    {
        Write("a", "b");

        await StartAsync();

        Assert.Equal("a b", _registry.Names);
    }

    [Fact]
    public async Task A_change_is_applied_while_running_whichever_way_it_is_saved()
    {
        Write("a");
        await StartAsync();

        Write("b");
        await _registry.WaitUntilAsync(one => one.Names == "b");

        await ReplaceAsync(Servers("c"));
        await _registry.WaitUntilAsync(one => one.Names == "c");

        File.Delete(FilePath);
        await _registry.WaitUntilAsync(one => one.Names == "");

        Write("d");
        await _registry.WaitUntilAsync(one => one.Names == "d");
    }

    [Fact]
    public async Task A_file_behind_a_link_that_is_swapped_is_followed_by_looking_now_and_then()
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (var version in new[] { "v1", "v2" }) Directory.CreateDirectory(_folder.File(version));
        await File.WriteAllTextAsync(_folder.File("v1/mcp-servers.json"), Servers("a"));
        await File.WriteAllTextAsync(_folder.File("v2/mcp-servers.json"), Servers("bb"));
        Directory.CreateSymbolicLink(_folder.File("current"), _folder.File("v1"));
        File.CreateSymbolicLink(FilePath, _folder.File("current/mcp-servers.json"));
        await StartAsync();
        Assert.Equal("a", _registry.Names);

        Directory.Delete(_folder.File("current"));
        Directory.CreateSymbolicLink(_folder.File("current"), _folder.File("v2"));

        await _registry.WaitUntilAsync(one => one.Names == "bb");
    }

    [Fact]
    public async Task A_file_behind_a_link_is_followed_although_the_next_one_has_its_size_and_its_time()
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (var (version, name) in (ReadOnlySpan<(string, string)>)[("v1", "a"), ("v2", "b")])
        {
            Directory.CreateDirectory(_folder.File(version));
            File.WriteAllText(_folder.File(version + "/mcp-servers.json"), Servers(name));
            File.SetLastWriteTimeUtc(_folder.File(version + "/mcp-servers.json"), DateTime.UnixEpoch);
        }

        Directory.CreateSymbolicLink(_folder.File("..data"), _folder.File("v1"));
        File.CreateSymbolicLink(FilePath, _folder.File("..data/mcp-servers.json"));
        await StartAsync();
        Assert.Equal("a", _registry.Names);

        Directory.CreateSymbolicLink(_folder.File("..data_tmp"), _folder.File("v2"));
        Directory.Delete(_folder.File("..data"));
        Directory.Move(_folder.File("..data_tmp"), _folder.File("..data"));

        await _registry.WaitUntilAsync(one => one.Names == "b");
    }

    [Fact]
    public async Task What_is_switched_off_or_renamed_is_said_once()
    {
        await File.WriteAllTextAsync(FilePath, """{"mcpServers":{"off":{"command":"x","enabled":false},"My Server":{"url":"http://localhost:1"}}}""");

        var source = await StartAsync(options => options.Watch = "false");
        await source.RefreshAsync(default);

        Assert.Equal("my-server", _registry.Names);
        var lines = _logger.Collector.GetSnapshot();
        Assert.Single(lines, line => line.Level == LogLevel.Information && line.Message.EndsWith("mcpServers.off is switched off and not started", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Level == LogLevel.Warning && line.Message.Contains("It is registered as my-server", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_in_a_folder_that_comes_later_is_found()
    {
        await StartAsync(options => options.File = _folder.File("later/mcp.json"));
        Assert.Equal((1, ""), (_registry.Applications, _registry.Names));

        Directory.CreateDirectory(_folder.File("later"));
        await File.WriteAllTextAsync(_folder.File("later/mcp.json"), Servers("a"));

        await _registry.WaitUntilAsync(one => one.Names == "a");
    }

    [Fact]
    public async Task A_broken_file_changes_nothing_and_is_told_once()
    {
        Write("a");
        var source = await StartAsync();

        await ReplaceAsync("{ oops");
        var problems = await source.RefreshAsync(default);
        await source.RefreshAsync(default);

        Assert.Equal("It is not valid JSON: line 1, column 3.", Assert.Single(problems).Message);
        Assert.Equal(problems.AsEnumerable(), source.Problems);
        Assert.Equal("a", _registry.Names);
        Assert.Single(_logger.Collector.GetSnapshot(), record => record.Level == LogLevel.Error);

        Write("b");
        await _registry.WaitUntilAsync(one => one.Names == "b");
        Assert.Empty(await source.RefreshAsync(default));
    }

    [Fact]
    public async Task A_broken_entry_keeps_its_last_good_form_while_others_change()
    {
        Write("a", "b");
        var source = await StartAsync(options => options.Watch = "false");

        await File.WriteAllTextAsync(FilePath, """{"mcpServers":{"a":{"url":"nonsense"},"c":{"url":"http://localhost:1"}}}""");
        var problems = await source.RefreshAsync(default);

        Assert.Equal("a c", _registry.Names);
        Assert.Equal("mcpServers.a.url", Assert.Single(problems).Field);
    }

    [Fact]
    public async Task What_the_registry_refuses_is_a_problem_too()
    {
        Write("a");
        _registry.Refuses = [new RegistrationError("a", "The name is taken.")];

        var source = await StartAsync();

        Assert.Equal(_registry.Refuses.AsEnumerable(), source.Problems);
    }

    [Fact]
    public async Task A_registry_that_fails_once_ends_neither_the_start_nor_the_watch()
    {
        Write("a");
        _registry.Failure = () => new InvalidOperationException("broken");
        await StartAsync();
        Assert.Equal(0, _registry.Applications);

        _registry.Failure = () => null;
        Write("b");

        await _registry.WaitUntilAsync(one => one.Names == "b");
    }

    [Fact]
    public async Task Unwatched_the_file_is_read_at_the_start_and_when_asked()
    {
        Write("a");
        var source = await StartAsync(options => options.Watch = "false");
        Write("b");
        Assert.Equal("a", _registry.Names);

        await source.RefreshAsync(default);

        Assert.Equal("b", _registry.Names);
    }

    [Fact]
    public async Task A_file_nobody_may_read_leaves_everything_as_it_is()
    {
        Write("a");
        var source = await StartAsync(options => options.Watch = "false");
        await File.WriteAllBytesAsync(FilePath, new byte[5 * 1024 * 1024]);

        Assert.Single(await source.RefreshAsync(default));

        Assert.Equal("a", _registry.Names);
    }

    [Fact]
    public void A_relative_file_is_looked_for_in_the_content_root_and_then_in_the_current_folder()
    {
        var location = new McpServersFileLocation(new DiscoveryOptions { File = "mcp-servers.json" }, _folder.File("root"), _folder.Path, "/");
        Assert.Equal(_folder.File("root/mcp-servers.json"), location.Current);

        Write("a");
        Assert.Equal(FilePath, location.Current);

        Directory.CreateDirectory(_folder.File("root"));
        File.Copy(FilePath, _folder.File("root/mcp-servers.json"));
        Assert.Equal(_folder.File("root/mcp-servers.json"), location.Current);
    }

    [Fact]
    public async Task The_container_hosts_the_one_source_that_requests_for_a_refresh_get()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("McpRegistry:Discovery:File", FilePath)]).Build();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IHostEnvironment>(new Host(_folder.Path))
            .AddSingleton<IServiceRegistry>(_registry)
            .AddRegistration()
            .AddFileDiscovery(configuration)
            .BuildServiceProvider();

        var source = services.GetRequiredService<McpServersFileSource>();

        Assert.Contains(source, services.GetServices<IHostedService>());
        Assert.Equal(FilePath, source.FilePath);
    }

    private async Task<McpServersFileSource> StartAsync(Action<DiscoveryOptions>? configure = null)
    {
        var options = new DiscoveryOptions { PollInterval = TimeSpan.FromSeconds(0.2), Debounce = TimeSpan.FromSeconds(0.02) };
        configure?.Invoke(options);
        var source = new McpServersFileSource(
            _registry, new SecretResolver(_ => null), TimeProvider.System, new Host(_folder.Path), Options.Create(options), _logger);
        _sources.Add(source);
        await source.StartAsync(default);
        return source;
    }

    private void Write(params string[] names) => File.WriteAllText(FilePath, Servers(names));

    // In one step: a text that is written in place is empty for a moment, which is another broken file.
    private async Task ReplaceAsync(string text)
    {
        await File.WriteAllTextAsync(_folder.File("draft"), text);
        File.Move(_folder.File("draft"), FilePath, overwrite: true);
    }

    private static string Servers(params string[] names) =>
        "{\"mcpServers\":{" + string.Join(",", names.Select(name => $"\"{name}\":{{\"url\":\"http://localhost:1/{name}\"}}")) + "}}";

    private sealed class Host(string contentRoot) : IHostEnvironment
    {
        public string ApplicationName { get; set; } = "tests";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();

        public string ContentRootPath { get; set; } = contentRoot;

        public string EnvironmentName { get; set; } = "Development";
    }
}
