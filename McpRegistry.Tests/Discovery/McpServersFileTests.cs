using System.Text;

using McpRegistry.Core.Discovery;
using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Discovery;

public sealed class McpServersFileTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_file_of_Claude_is_read()
    {
        var content = Parse("""
            {
              "mcpServers": {
                "filesystem": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/tmp"] },
                "github": {
                  "type": "stdio", "command": "docker", "args": ["run", "-i", "--rm", "ghcr.io/github/github-mcp-server"],
                  "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "${GITHUB_TOKEN}" }
                },
                "sentry": { "type": "http", "url": "https://mcp.sentry.dev/mcp", "headers": { "Authorization": "Bearer ${SENTRY_TOKEN}" } },
                "asana": { "type": "sse", "url": "https://mcp.asana.com/sse" }
              }
            }
            """);

        Assert.Empty(content.Errors);
        Assert.Empty(content.Warnings);
        var byName = content.Registrations.ToDictionary(one => one.Name);
        Assert.Equal(["asana", "filesystem", "github", "sentry"], byName.Keys.Order());
        Assert.All(content.Registrations, one => Assert.Equal((RegistrationOrigin.File, Now, Now), (one.Origin, one.CreatedAt, one.UpdatedAt)));
        var files = byName["filesystem"];
        Assert.Equal((ServiceType.FastMcp, ServiceProtocol.Stdio, "npx", "/work/space"), (files.Type, files.Protocol, files.Config.Command, files.Config.Cwd));
        Assert.Equal(["-y", "@modelcontextprotocol/server-filesystem", "/tmp"], files.Config.Args.AsEnumerable());
        Assert.Equal("${GITHUB_TOKEN}", byName["github"].Config.Env["GITHUB_PERSONAL_ACCESS_TOKEN"]);
        Assert.Equal(("https://mcp.sentry.dev/mcp", ServiceProtocol.Http), (byName["sentry"].BaseUrl!.OriginalString, byName["sentry"].Protocol));
        Assert.Equal("Bearer ${SENTRY_TOKEN}", byName["sentry"].Config.Headers["Authorization"]);
        Assert.Equal(ServiceProtocol.Http, byName["asana"].Protocol);
    }

    [Fact]
    public void A_file_of_VS_Code_is_read_with_comments_and_trailing_commas()
    {
        var content = Parse("""
            {
              // asked for by the editor
              "inputs": [{ "type": "promptString", "id": "key", "password": true }],
              "servers": {
                "playwright": { "type": "stdio", "command": "npx", "args": ["-y", "@playwright/mcp@latest"], "cwd": "${workspaceFolder}/web", },
                "local": { "command": "./run.sh", "args": ["${workspaceFolder}/data"], "cwd": "tools", "env": { "ROOT": "${workspaceFolder}" } },
                "remote": { "type": "http", "url": "http://localhost:3000/mcp" }, /* last */
                "asks": { "type": "http", "url": "https://x.example/mcp", "headers": { "X-Key": "${input:key}" } },
              },
            }
            """);

        Assert.Equal("servers.asks.headers.X-Key", Assert.Single(content.Errors).Field);
        var byName = content.Registrations.ToDictionary(one => one.Name);
        Assert.Equal("/work/space/web", byName["playwright"].Config.Cwd);
        Assert.Equal(("./run.sh", "/work/space/tools"), (byName["local"].Config.Command, byName["local"].Config.Cwd));
        Assert.Equal(["/work/space/data"], byName["local"].Config.Args.AsEnumerable());
        Assert.Equal("/work/space", byName["local"].Config.Env["ROOT"]);
        Assert.Equal(["local", "playwright", "remote"], byName.Keys.Order());
    }

    [Fact]
    public void Our_own_members_are_read()
    {
        var content = Parse("""
            {
              "mcpServers": {
                "weather": {
                  "type": "fastapi", "url": "http://localhost:8000", "instances": ["http://localhost:8000", "http://localhost:8001"], "api_key": "env:KEY",
                  "tags": ["demo"], "location": "local", "trusted": true, "load_balancing": "LeastRequests", "openapi": "/api.json",
                  "health": { "interval": "10s", "timeout": "1s", "path": "/up" }, "timeouts": { "call": 20 }, "tools": { "forecast": { "safe": true } }
                },
                "pool": { "command": "server", "replicas": 3, "replicable": true, "protocol": "stdio" },
                "cursor": { "serverUrl": "${BASE}/mcp" },
                "private": { "url": "https://private.example/mcp", "authority_file": "certificates/own.pem" },
                "off": { "command": "server", "disabled": true },
                "on": { "command": "server", "disabled": false }
              }
            }
            """);

        Assert.Empty(content.Errors);
        var byName = content.Registrations.ToDictionary(one => one.Name);
        var weather = byName["weather"];
        Assert.Equal((ServiceType.FastApi, ServiceProtocol.Http, "env:KEY", "local"), (weather.Type, weather.Protocol, weather.ApiKey, weather.Location));
        Assert.Equal(2, weather.Config.Instances.Length);
        Assert.Equal((true, "LeastRequests", "/api.json", "/up"), (weather.Config.Trusted, weather.Config.LoadBalancing, weather.Config.OpenApi, weather.Config.Health.Path));
        Assert.Equal(TimeSpan.FromSeconds(20), weather.Config.Timeouts.Call);
        Assert.True(weather.Config.Tools["forecast"].Safe);
        Assert.Equal((3, true), (byName["pool"].Config.Replicas, byName["pool"].Config.Replicable));
        Assert.Equal("https://base.example/mcp", byName["cursor"].BaseUrl!.OriginalString);
        Assert.Equal("/work/space/certificates/own.pem", byName["private"].Config.AuthorityFile);
        Assert.Equal(["cursor", "on", "pool", "private", "weather"], byName.Keys.Order());
    }

    [Fact]
    public void A_broken_entry_is_named_by_its_place_and_hurts_no_other()
    {
        var content = Parse("""
            {
              "mcpServers": {
                "---": { "command": "server" },
                "empty": {},
                "text": "server",
                "types": { "command": ["server"], "args": "x", "replicas": "3" },
                "kind": { "type": "magic", "url": "http://localhost:1" },
                "socket": { "type": "ws", "url": "http://localhost:1" },
                "url": { "url": "localhost:1" },
                "hole": { "url": "${MISSING}/mcp" },
                "both": { "command": "server", "url": "http://localhost:1" },
                "twice": { "url": "http://localhost:1", "url": "http://localhost:2" },
                "again": { "url": "http://localhost:1" },
                "again": { "url": "http://localhost:2" },
                "maybe": { "command": "server", "disabled": "yes" },
                "nul": { "command": "server", "cwd": "a\u0000b" },
                "good": { "url": "http://localhost:1", "autoApprove": ["x"] }
              }
            }
            """);

        Assert.Equal(["again", "good"], content.Registrations.Select(one => one.Name).Order());
        Assert.Equal(
            [
                "mcpServers.---", "mcpServers.again", "mcpServers.both.url", "mcpServers.empty", "mcpServers.hole.url", "mcpServers.kind.type", "mcpServers.maybe.disabled", "mcpServers.nul.cwd",
                "mcpServers.socket.protocol", "mcpServers.text", "mcpServers.twice.url", "mcpServers.types.args", "mcpServers.types.command", "mcpServers.types.replicas",
                "mcpServers.url.url",
            ],
            content.Errors.Select(error => error.Field).Order(StringComparer.Ordinal));
        Assert.Equal("mcpServers.good.autoApprove", Assert.Single(content.Warnings).Field);
        Assert.Contains("MISSING", content.Errors.Single(error => error.Field == "mcpServers.hole.url").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GitHub", "github")]
    [InlineData("brave_search", "brave-search")]
    [InlineData("Azure MCP Server", "azure-mcp-server")]
    [InlineData("@scope/pkg", "scope-pkg")]
    [InlineData("microsoft.docs.mcp", "microsoft-docs-mcp")]
    [InlineData("io.github.upstash/context7", "io-github-upstash-context7")]
    [InlineData("  a  --  b_", "a-b")]
    [InlineData("caf\u00e9 7", "caf-7")]
    [InlineData("a234567890b234567890c234567890d234567890e234567890f234567890_-_xyz", "a234567890b234567890c234567890d234567890e234567890f234567890-xy")]
    [InlineData("a234567890b234567890c234567890d234567890e234567890f234567890g2_xyz", "a234567890b234567890c234567890d234567890e234567890f234567890g2")]
    public void A_key_that_is_no_name_becomes_one_and_that_is_told_in_one_warning(string key, string name)
    {
        var content = Parse("{\"mcpServers\":{\"" + key + "\":{\"command\":\"server\"}}}");

        Assert.Empty(content.Errors);
        Assert.Equal(name, Assert.Single(content.Registrations).Name);
        Assert.Equal($"It is registered as {name}: names of services are lower-case letters, digits and hyphens.", Assert.Single(content.Warnings).Message);
    }

    [Fact]
    public void Of_two_keys_that_become_one_name_the_second_is_refused_and_a_key_that_is_a_name_keeps_it()
    {
        var content = Parse("""
            {
              "mcpServers": {
                "GitHub": { "command": "first" },
                "Brave Search": { "command": "first" },
                "brave_search": { "command": "second" },
                "github": { "command": "second" },
                "Off": { "command": "first", "disabled": true },
                "off": { "command": "second" }
              },
              "servers": { "Git_Hub": { "command": "third" }, "git-hub": { "command": "fourth" } }
            }
            """);

        Assert.Equal(
            ["brave-search first", "git-hub fourth", "github second", "off second"],
            content.Registrations.Select(one => $"{one.Name} {one.Config.Command}").Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "mcpServers.GitHub: It would be registered as github, and so is mcpServers.github; rename one of the two.",
                "mcpServers.brave_search: It would be registered as brave-search, and so is mcpServers[\"Brave Search\"]; rename one of the two.",
                "servers.Git_Hub: It would be registered as git-hub, and so is servers.git-hub; rename one of the two.",
            ],
            content.Errors.Select(error => $"{error.Field}: {error.Message}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Numbers_and_booleans_are_text_where_a_program_gets_text_and_null_is_not_given()
    {
        var content = Parse("""
            {
              "servers": {
                "one": { "command": "server", "args": ["--port", 8080, true, 1.50], "env": { "PORT": 3000, "DEBUG": false, "UNSET": null, "KEY": "${KEY}" } },
                "two": { "type": "http", "url": "http://localhost:1", "headers": { "X-Version": 2, "X-None": null } },
                "odd": { "command": "server", "args": [null, {}], "env": { "A": [] } }
              }
            }
            """);

        Assert.Equal(["servers.odd.args[0]", "servers.odd.args[1]", "servers.odd.env.A"], content.Errors.Select(error => error.Field).Order(StringComparer.Ordinal));
        var byName = content.Registrations.ToDictionary(one => one.Name);
        Assert.Equal(["--port", "8080", "true", "1.50"], byName["one"].Config.Args.AsEnumerable());
        Assert.Equal("DEBUG=false KEY=${KEY} PORT=3000", string.Join(' ', byName["one"].Config.Env.Select(one => $"{one.Key}={one.Value}")));
        Assert.Equal("X-Version=2", string.Join(' ', byName["two"].Config.Headers.Select(one => $"{one.Key}={one.Value}")));
    }

    [Theory]
    [InlineData("\"type\":\"streamable_http\",\"url\":", ServiceProtocol.Http)]
    [InlineData("\"type\":\"streamable-http\",\"url\":", ServiceProtocol.Http)]
    [InlineData("\"type\":\"streamableHttp\",\"url\":", ServiceProtocol.Http)]
    [InlineData("\"transport\":\"Streamable_HTTP\",\"url\":", ServiceProtocol.Http)]
    [InlineData("\"transportType\":\"sse\",\"serverUrl\":", ServiceProtocol.Http)]
    [InlineData("\"type\":\"remote\",\"url\":", ServiceProtocol.Http)]
    [InlineData("\"httpUrl\":", ServiceProtocol.Http)]
    [InlineData("\"type\":\"local\",\"command\":", ServiceProtocol.Stdio)]
    [InlineData("\"type\":\"STDIO\",\"command\":", ServiceProtocol.Stdio)]
    public void The_spellings_of_other_clients_are_understood(string members, ServiceProtocol protocol)
    {
        var value = protocol == ServiceProtocol.Http ? "https://x.example/mcp" : "server";
        var content = Parse("{\"mcpServers\":{\"one\":{" + members + "\"" + value + "\"}}}");

        Assert.Empty(content.Errors);
        Assert.Empty(content.Warnings);
        var one = Assert.Single(content.Registrations);
        Assert.Equal((protocol, value), (one.Protocol, protocol == ServiceProtocol.Http ? one.BaseUrl!.OriginalString : one.Config.Command));
    }

    [Fact]
    public void An_entry_that_is_switched_off_in_either_way_is_not_started_and_is_named()
    {
        var content = Parse("""
            {
              "mcpServers": {
                "a": { "command": "server", "enabled": false },
                "B": { "command": "server", "disabled": true },
                "c": { "command": "server", "enabled": true, "disabled": false },
                "d": { "command": "server", "enabled": "no" },
                "e": { "command": "server", "isActive": false },
                "f": { "command": "server", "Disabled": true }
              }
            }
            """);

        Assert.Equal("c", Assert.Single(content.Registrations).Name);
        Assert.Equal(["mcpServers.a", "mcpServers.B", "mcpServers.e", "mcpServers.f"], content.Off.AsEnumerable());
        Assert.Equal("mcpServers.d.enabled", Assert.Single(content.Errors).Field);
        Assert.Empty(content.Warnings);
    }

    [Fact]
    public void Half_a_character_in_one_entry_takes_no_other_away()
    {
        var content = Parse("""{ "mcpServers": { "h": { "url": "http://127.0.0.1:1/mcp", "headers": { "A": "\ud83d" } }, "\ud83d": { "command": "x" }, "ok": { "command": "server" } } }""");

        Assert.Equal("ok", Assert.Single(content.Registrations).Name);
        Assert.Equal(["mcpServers.h", "mcpServers[\"\\uFFFD\"]"], content.Errors.Select(error => error.Field));
        Assert.All(content.Errors, error => Assert.Equal("A text in it is not Unicode.", error.Message));
    }

    [Theory]
    [InlineData("{\n  \"mcpServers\": {\n    oops\n  }\n}", "It is not valid JSON: line 3, column 5.")]
    [InlineData("", "It is not valid JSON: line 1, column 1.")]
    [InlineData("[]", "It must be an object.")]
    [InlineData("{}", "It has neither mcpServers nor servers.")]
    [InlineData("{\"mcpServers\":[]}", "It must be an object.")]
    public void A_file_that_is_none_is_one_error(string text, string message)
    {
        var content = Parse(text);

        Assert.False(content.IsReadable);
        Assert.Equal(message, Assert.Single(content.Errors).Message);
    }

    [Fact]
    public void A_byte_order_mark_is_no_error() => Assert.Empty(Parse("\uFEFF{\"servers\":{}}").Errors);

    [Fact]
    public void A_file_without_services_is_good()
    {
        var content = Parse("""{"mcpServers":{}}""");

        Assert.True(content.IsReadable);
        Assert.Empty(content.Registrations);
    }

    private static McpServersFileContent Parse(string text)
    {
        var secrets = new SecretResolver(name => name == "BASE" ? "https://base.example" : null);
        return new McpServersFile("/work/space", secrets, Now).Parse(Encoding.UTF8.GetBytes(text));
    }
}
