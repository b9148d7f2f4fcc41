using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

using McpRegistry.Tests.Acceptance.Harness;

namespace McpRegistry.Tests.StdioBridge;

/// <summary>The bridge as its operator sees it: console, environment, readiness, end.</summary>
public sealed partial class BridgeProcessTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [LinuxFact]
    public async Task The_servers_stderr_stands_on_the_console_a_line_each_and_steers_no_terminal()
    {
        await using var bridge = await BridgeProcess.StartAsync(Shell(@"printf half >&2; sleep 0.2; printf ' a line\n\033[31mred\n' >&2; exec sleep 60"), Named("tool"));

        await Eventually.TrueAsync(() => bridge.Output.Contains("red", StringComparison.Ordinal), Soon, "its stderr is shown\n" + bridge.Output);

        Assert.Matches(@"(?m)^\d\d:\d\d:\d\d tool/child-1 stderr: half a line$", bridge.Output);
        Assert.Matches(@"(?m)^\d\d:\d\d:\d\d tool/child-1 stderr: \\u001b\[31mred$", bridge.Output);
    }

    [LinuxFact]
    public async Task What_the_server_writes_to_stderr_is_not_shown_unless_it_is_asked_for()
    {
        await using var bridge = await BridgeProcess.StartAsync(Shell("echo canary7q3x of the server >&2; exit 3"), new() { ["McpRegistry__Bridge__ShowStderr"] = "false" });

        await Eventually.TrueAsync(() => bridge.Output.Contains("exited with code 3", StringComparison.Ordinal), Soon, "its end is told");

        Assert.DoesNotContain("canary7q3x", bridge.Output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task The_server_gets_the_variables_declared_for_it_and_none_of_the_bridges()
    {
        var settings = new Dictionary<string, string> { ["McpRegistry__Bridge__Env__API_KEY"] = "declared", ["McpRegistry__Bridge__Env__FROM"] = "env:OF_BRIDGE", ["OF_BRIDGE"] = "referred" };
        await using var bridge = await BridgeProcess.StartAsync(["--env", "LEVEL=info", "--", .. Shell("env | tr a-z A-Z >&2; env >&2; echo end of env >&2; exec sleep 60")], settings);

        await Eventually.TrueAsync(() => bridge.Output.Contains("end of env", StringComparison.Ordinal), Soon, "it shows its environment\n" + bridge.Output);

        // What it was given is hidden where it tells it; in capitals it is another word.
        foreach (var expected in new[] { "API_KEY=DECLARED", "API_KEY=***", "FROM=REFERRED", "FROM=***", "LEVEL=info" }) Assert.Contains("stderr: " + expected, bridge.Output, StringComparison.Ordinal);
        foreach (var foreign in new[] { "OF_BRIDGE=", "ASPNETCORE_", "McpRegistry__" }) Assert.DoesNotContain("stderr: " + foreign, bridge.Output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Without_its_server_the_bridge_is_alive_but_not_ready_and_tells_clients_to_come_back()
    {
        await using var bridge = await BridgeProcess.StartAsync(["no-such-program", "--secret-looking-argument"]);

        await Eventually.TrueAsync(() => bridge.Output.Contains("no-such-program not found", StringComparison.Ordinal), Soon, "the console says why\n" + bridge.Output);

        Assert.Equal(200, await bridge.StatusOfAsync("/health/live"));
        Assert.Equal(503, await bridge.StatusOfAsync("/health/ready"));
        using var http = new HttpClient(new SocketsHttpHandler());
        using var answer = await http.PostAsync(bridge.Mcp, new StringContent("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", Encoding.UTF8, "application/json"));
        var error = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("error");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.False(error.GetProperty("data").GetProperty("maybe_executed").GetBoolean());
        Assert.DoesNotContain("no-such-program", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-looking", bridge.Output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_bridge_that_is_asked_to_end_takes_its_server_with_it()
    {
        await using var bridge = await BridgeProcess.StartAsync(Shell("echo pid=$$ >&2; exec sleep 600"));
        await Eventually.TrueAsync(() => Pid().IsMatch(bridge.Output), Soon, "the server runs\n" + bridge.Output);
        var pid = int.Parse(Pid().Match(bridge.Output).Groups["pid"].Value, CultureInfo.InvariantCulture);

        bridge.Terminate();
        await Eventually.TrueAsync(() => bridge.HasExited, Soon, "the bridge ends");

        Assert.False(Directory.Exists($"/proc/{pid}"), "the server is still there");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", "McpRegistry:Http:TrustedNetwork")]
    [InlineData("http://127.0.0.1:0", "only with McpRegistry:Http:TrustedNetwork", "--McpRegistry:Http:AllowedHosts:0", "*")]
    [InlineData("http://127.0.0.1:0", "name: It must be", "--name", "Two Words")]
    [InlineData("http://127.0.0.1:0", "There is no option --nmae", "--nmae", "x")]
    public async Task A_start_that_is_refused_starts_nothing_and_says_why(string urls, string reason, params string[] options)
    {
        await using var bridge = BridgeProcess.Run([.. options, "--", .. Shell("echo started >&2")], new() { ["ASPNETCORE_URLS"] = urls });

        await Eventually.TrueAsync(() => bridge.HasExited && bridge.Output.Contains("Refusing to start: ", StringComparison.Ordinal), Soon, "it ends\n" + bridge.Output);

        Assert.Contains(reason, bridge.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", bridge.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stderr: started", bridge.Output, StringComparison.Ordinal);
    }

    private static string[] Shell(string script) => ["/bin/sh", "-c", script];

    private static Dictionary<string, string> Named(string name) => new() { ["McpRegistry__Bridge__Name"] = name };

    [GeneratedRegex(@"stderr: pid=(?<pid>\d+)")]
    private static partial Regex Pid();
}
