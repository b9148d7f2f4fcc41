using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Acceptance.Harness;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.Upstream.Stdio;

// How soon a server is back is measured here.
[Collection(AcceptanceRun.Collection)]
public sealed class NpxTests : IAsyncDisposable
{
    private readonly StdioHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [NpxFact]
    public async Task A_server_from_npm_is_started_without_npm_and_is_back_within_a_second_and_a_half()
    {
        _harness.Options.SteadyAfter = TimeSpan.Zero;
        var client = await _harness.ConnectAsync(StdioHarness.Command("npx", "-y", "@modelcontextprotocol/server-everything", "stdio"));
        await _harness.Observer.NextConnectionAsync();
        await CallEchoAsync(client);
        var arguments = File.ReadAllText($"/proc/{client.ProcessId}/cmdline").Split('\0');
        Assert.Equal("node", Path.GetFileName(arguments[0]));
        Assert.EndsWith("/server-everything/dist/index.js", arguments[1], StringComparison.Ordinal);
        Assert.Equal("stdio", arguments[2]);

        var watch = Stopwatch.StartNew();
        Processes.Kill(client.ProcessId!.Value);
        await _harness.Observer.NextConnectionAsync();
        await CallEchoAsync(client);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
    }

    [NpxFact]
    public async Task The_servers_people_start_with_connect_side_by_side()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var clients = await Task.WhenAll(
                ConnectAsync("@modelcontextprotocol/server-filesystem", folder.FullName),
                ConnectAsync("@modelcontextprotocol/server-memory"),
                ConnectAsync("@modelcontextprotocol/server-sequential-thinking"));

            Assert.All(clients, client => Assert.Equal(ProtocolEra.Legacy, client.Connection!.Era));
            foreach (var client in clients)
            {
                using var tools = await StdioHarness.SendAsync(client, "tools/list");
                Assert.Contains("inputSchema", Encoding.UTF8.GetString(tools.Result.Span), StringComparison.Ordinal);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("-y|@scope/server@1.2.3|--flag|x", "@scope/server", "@scope/server@1.2.3", "--flag x")]
    [InlineData("--yes|server", "server", "server", "")]
    [InlineData("server@latest|a", "server", "server@latest", "a")]
    [InlineData("-p|server|run", null, null, null)]
    [InlineData("-y|./local", null, null, null)]
    [InlineData("-y|github:owner/repository", null, null, null)]
    [InlineData("-y", null, null, null)]
    public void Only_a_plain_package_is_understood(string arguments, string? name, string? specification, string? rest)
    {
        var package = NpxPackage.Parse([.. arguments.Split('|')]);

        Assert.Equal(name, package?.Name);
        Assert.Equal(specification, package?.Specification);
        Assert.Equal(rest, package is null ? null : string.Join(' ', package.Arguments));
    }

    [Theory]
    [InlineData("""{"bin":"main.js"}""", "main.js")]
    [InlineData("""{"bin":{"other-name":"main.js"}}""", "main.js")]
    [InlineData("""{"bin":{"a":"other.js","server":"main.js"}}""", "main.js")]
    [InlineData("""{"bin":{"a":"other.js","b":"main.js"}}""", null)]
    [InlineData("""{"bin":"missing.js"}""", null)]
    [InlineData("""{"bin":"program.sh"}""", null)]
    [InlineData("""{"name":"server"}""", null)]
    public void The_entry_point_is_the_program_that_npx_would_take(string manifest, string? expected)
    {
        var modules = Directory.CreateTempSubdirectory();
        try
        {
            var package = modules.CreateSubdirectory("@scope/server").FullName;
            File.WriteAllText(Path.Combine(package, "package.json"), manifest);
            foreach (var script in (string[])["main.js", "other.js"]) File.WriteAllText(Path.Combine(package, script), "#!/usr/bin/env node\n");
            File.WriteAllText(Path.Combine(package, "program.sh"), "#!/bin/sh\n");

            var entry = NpxPackage.Parse(["@scope/server"])!.FindEntryPoint(modules.FullName);

            Assert.Equal(expected is null ? null : Path.Combine(package, expected), entry);
        }
        finally
        {
            modules.Delete(recursive: true);
        }
    }

    [LinuxFact]
    [UnsupportedOSPlatform("windows")]
    public async Task What_npm_cannot_tell_is_started_by_npx_as_it_was_given()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var npx = Path.Combine(folder.FullName, "npx");
            File.WriteAllText(npx, "#!/bin/sh\nexit 1\n");
            var node = Path.Combine(folder.FullName, "node");
            File.WriteAllText(node, "#!/bin/sh\n");
            foreach (var file in (string[])[npx, node]) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var path = ImmutableDictionary<string, string>.Empty.Add("PATH", $"{folder.FullName}:/usr/bin:/bin");
            var command = new LaunchCommand(npx, ["-y", "server"], folder.FullName, path);

            var resolved = await new NpxEntryPoints(TimeProvider.System, NullLogger<NpxEntryPoints>.Instance).ResolveAsync(command, direct: true, default);

            Assert.Same(command, resolved);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<StdioInstanceClient> ConnectAsync(params string[] arguments) =>
        await _harness.ConnectAsync(StdioHarness.Command("npx", ["-y", .. arguments]));

    private static async Task CallEchoAsync(StdioInstanceClient client)
    {
        using var reply = await StdioHarness.SendAsync(client, "tools/call", """{"name":"echo","arguments":{"message":"hello"}}""");
        Assert.Contains("hello", Encoding.UTF8.GetString(reply.Result.Span), StringComparison.Ordinal);
    }
}
