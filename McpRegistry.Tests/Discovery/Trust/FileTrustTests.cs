using System.Diagnostics;

using McpRegistry.Core.Discovery;
using McpRegistry.Core.Discovery.Trust;
using McpRegistry.Core.Registration;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Discovery.Trust;

/// <summary>An <c>mcp-servers.json</c> that others may write to starts nothing.</summary>
public sealed class FileTrustTests : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = Own | UnixFileMode.UserExecute;
    private const UnixFileMode ForAll = Own | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Everybody = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _folder = new();
    private readonly RecordingRegistry _registry = new();
    private readonly FakeLogger<McpServersFileSource> _logger = new();
    private readonly List<McpServersFileSource> _sources = [];

    private string FilePath => _folder.File("mcp-servers.json");

    public void Dispose()
    {
        foreach (var source in _sources) source.Dispose();
        SetMode(_folder.Path, OwnFolder);
        _folder.Dispose();
    }

    [Upstream.Stdio.LinuxTheory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)]
    public async Task A_file_that_everybody_may_write_is_refused_and_taken_once_it_is_closed(UnixFileMode more)
    {
        Write("a");
        SetMode(FilePath, ForAll | more);

        var source = await StartAsync();

        Assert.Equal("", _registry.Names);
        Assert.Contains("chmod go-w " + FilePath, Assert.Single(source.Problems).Message, StringComparison.Ordinal);

        // Nothing of the file changes but who may write to it.
        SetMode(FilePath, ForAll);
        await _registry.WaitUntilAsync(one => one.Names == "a");
        Assert.Empty(source.Problems);
    }

    [Upstream.Stdio.LinuxFact]
    public async Task An_edit_of_a_file_that_was_opened_to_all_meanwhile_changes_nothing()
    {
        Write("a");
        SetMode(FilePath, ForAll);
        var source = await StartAsync(options => options.Watch = "false");
        Assert.Equal("a", _registry.Names);

        SetMode(FilePath, ForAll | UnixFileMode.OtherWrite);
        Write("a", "of-the-attacker");
        Assert.Single(await source.RefreshAsync(default));

        Assert.Equal("a", _registry.Names);
    }

    [Upstream.Stdio.LinuxFact]
    public async Task A_file_behind_a_link_is_judged_by_what_the_link_leads_to()
    {
        Directory.CreateDirectory(_folder.File("elsewhere"));
        File.WriteAllText(_folder.File("elsewhere/real.json"), Servers("a"));
        SetMode(_folder.File("elsewhere/real.json"), ForAll | UnixFileMode.OtherWrite);
        File.CreateSymbolicLink(FilePath, _folder.File("elsewhere/real.json"));

        var source = await StartAsync(options => options.Watch = "false");
        Assert.Contains("Others may write to it", Assert.Single(source.Problems).Message, StringComparison.Ordinal);

        SetMode(_folder.File("elsewhere/real.json"), ForAll);
        SetMode(_folder.File("elsewhere"), OwnFolder | Everybody);
        Assert.Contains("chmod go-w " + _folder.File("elsewhere"), Assert.Single(await source.RefreshAsync(default)).Message, StringComparison.Ordinal);

        SetMode(_folder.File("elsewhere"), OwnFolder);
        Assert.Empty(await source.RefreshAsync(default));
        Assert.Equal("a", _registry.Names);
    }

    [Upstream.Stdio.LinuxFact]
    public async Task A_folder_in_which_everybody_may_swap_the_file_is_refused_unless_it_is_sticky()
    {
        Write("a");
        SetMode(_folder.Path, OwnFolder | Everybody);
        var source = await StartAsync(options => options.Watch = "false");
        Assert.Contains("chmod go-w " + _folder.Path, Assert.Single(source.Problems).Message, StringComparison.Ordinal);

        SetMode(_folder.Path, OwnFolder | Everybody | UnixFileMode.StickyBit);
        Assert.Empty(await source.RefreshAsync(default));

        Assert.Equal("a", _registry.Names);
    }

    [Upstream.Stdio.LinuxFact]
    public async Task A_file_of_another_user_or_of_a_group_of_others_is_refused_where_nobody_vouches_for_it()
    {
        // Nobody else can give a file away.
        if (!Environment.IsPrivilegedProcess) return;
        Write("a");
        await ChangeOwnerAsync("12345:12345");
        var source = await StartAsync(options => options.Watch = "false");
        Assert.Contains("It belongs to another user (number 12345; this one is 0)", Assert.Single(source.Problems).Message, StringComparison.Ordinal);

        await ChangeOwnerAsync("0:12345");
        SetMode(FilePath, ForAll | UnixFileMode.GroupWrite);
        Assert.Contains("Others may write to it", Assert.Single(await source.RefreshAsync(default)).Message, StringComparison.Ordinal);
        Assert.Equal("", _registry.Names);

        var vouched = await StartAsync(options => (options.Watch, options.AllowSharedFile) = ("false", true));
        Assert.Empty(vouched.Problems);
        Assert.Equal("a", _registry.Names);
    }

    [Upstream.Stdio.LinuxFact]
    public void A_file_of_root_is_believed()
    {
        using var file = File.OpenRead("/etc/passwd");

        Assert.Null(FileTrust.RefusalOf(file.SafeFileHandle, file.Name));
    }

    [Theory]
    [InlineData(1000, 1000, true)]
    // A colleague is in the group, by its list or by his own entry.
    [InlineData(1000, 2000, false)]
    [InlineData(1000, 3000, false)]
    // The owner alone is.
    [InlineData(1000, 4000, true)]
    // Known to a directory only: by its number it is the user's own, or it is not.
    [InlineData(5000, 5000, true)]
    [InlineData(1000, 6000, false)]
    public void A_group_is_private_where_nobody_but_the_owner_is_in_it(uint user, uint group, bool expected) => Assert.Equal(expected, PrivateGroup.Is(
        new UnixOwner(user, group),
        ["root:x:0:0::/root:/bin/sh", "me:x:1000:1000::/home/me:/bin/sh", "other:x:1001:3000::/home/other:/bin/sh", "broken"],
        ["root:x:0:", "me:x:1000:", "team:x:2000:me,other", "others:x:3000:", "mine:x:4000:me", "broken"]));

    private async Task<McpServersFileSource> StartAsync(Action<DiscoveryOptions>? configure = null)
    {
        var options = new DiscoveryOptions { PollInterval = TimeSpan.FromSeconds(0.2), Debounce = TimeSpan.FromSeconds(0.02) };
        configure?.Invoke(options);
        var source = new McpServersFileSource(_registry, new SecretResolver(_ => null), TimeProvider.System, new Host(_folder.Path), Options.Create(options), _logger);
        _sources.Add(source);
        await source.StartAsync(default);
        return source;
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }

    private async Task ChangeOwnerAsync(string owner)
    {
        using var process = Process.Start("chown", [owner, FilePath]);
        await process.WaitForExitAsync();
    }

    private void Write(params string[] names) => File.WriteAllText(FilePath, Servers(names));

    private static string Servers(params string[] names) =>
        "{\"mcpServers\":{" + string.Join(",", names.Select(name => $"\"{name}\":{{\"command\":\"{name}\"}}")) + "}}";

    private sealed class Host(string contentRoot) : IHostEnvironment
    {
        public string ApplicationName { get; set; } = "tests";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();

        public string ContentRootPath { get; set; } = contentRoot;

        public string EnvironmentName { get; set; } = "Development";
    }
}
