using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Upstream.Channels;
using McpRegistry.Tests.Upstream.Stdio;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Confinement;

/// <summary>A variable in an argument can be read by every user of the machine once the program runs.</summary>
public sealed class VisiblePlaceholdersTests
{
    [Theory]
    [InlineData("--key=${API_KEY}", "API_KEY")]
    [InlineData("${env:API_KEY}", "API_KEY")]
    [InlineData("${API_KEY:-none}", "API_KEY")]
    [InlineData("${A_KEY}:${B_KEY}:${A_KEY}", "A_KEY, B_KEY")]
    [InlineData("${HOME}/notes", "")]
    [InlineData("${XDG_DATA_HOME}", "")]
    [InlineData("$API_KEY", "")]
    [InlineData("env:API_KEY", "")]
    public async Task It_is_warned_about_by_its_name(string argument, string named)
    {
        var logger = new FakeLogger<StdioInstanceClient>();
        await using var watchdog = new OrphanWatchdog(NullLogger<OrphanWatchdog>.Instance);
        var launcher = new ChildLauncher(new SecretResolver(_ => "secret"), new NpxEntryPoints(TimeProvider.System, NullLogger<NpxEntryPoints>.Instance), watchdog);
        var factory = new StdioClientFactory(
            launcher, Options.Create(new StdioOptions()), Options.Create(new UpstreamOptions()), TimeProvider.System, new Random(1), logger, NullLogger<StderrTail>.Instance);

        await using var client = factory.Create(StdioHarness.Command("server", "--verbose", argument), "1", new RecordingObserver());

        var warnings = logger.Collector.GetSnapshot().Where(line => line.Level == LogLevel.Warning).Select(line => line.Message);
        if (named.Length == 0) Assert.Empty(warnings);
        else Assert.StartsWith($"test: its arguments are filled with {named}, and", Assert.Single(warnings), StringComparison.Ordinal);
    }
}
