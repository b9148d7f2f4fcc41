using McpRegistry.StdioBridge;

namespace McpRegistry.Tests.StdioBridge;

public sealed class BridgeCommandLineTests
{
    [Fact]
    public void Everything_from_the_command_on_is_the_servers()
    {
        var line = BridgeCommandLine.Parse(["npx", "-y", "pkg", "--urls", "http://x", "--", "--", "a b", "${HOME}", ""]);

        Assert.Equal("npx", line.Command);
        Assert.Equal(["-y", "pkg", "--urls", "http://x", "--", "--", "a b", "${HOME}", ""], line.Arguments.AsEnumerable());
        Assert.Empty(line.Settings);
    }

    [Fact]
    public void Options_come_before_two_hyphens_and_become_settings()
    {
        var line = BridgeCommandLine.Parse(
        [
            "--name", "weather", "--cwd=/tmp", "--replicas", "2", "--env", "KEY=a=b", "--env=EMPTY=", "--urls", "http://localhost:1", "--McpRegistry:Stdio:StderrBytes", "0",
            "--", "python", "-m", "server", "--name", "mine",
        ]);

        Assert.Null(line.Problem);
        Assert.Equal(
        [
            "--McpRegistry:Bridge:Name=weather", "--McpRegistry:Bridge:Cwd=/tmp", "--McpRegistry:Bridge:Replicas=2", "--McpRegistry:Bridge:Env:KEY=a=b",
            "--McpRegistry:Bridge:Env:EMPTY=", "--urls=http://localhost:1", "--McpRegistry:Stdio:StderrBytes=0",
        ], line.Settings.AsEnumerable());
        Assert.Equal("python", line.Command);
        Assert.Equal(["-m", "server", "--name", "mine"], line.Arguments.AsEnumerable());
    }

    [Theory]
    [InlineData("-tool")]
    [InlineData("--server")]
    public void After_two_hyphens_even_the_command_may_begin_with_a_hyphen(string command) =>
        Assert.Equal(command, BridgeCommandLine.Parse(["--", command, "x"]).Command);

    [Theory]
    [InlineData("no command")]
    [InlineData("no command", "--")]
    [InlineData("no command", "--name", "x", "--")]
    [InlineData("no command", "")]
    [InlineData("After options comes --", "--name", "weather", "npx", "-y", "pkg")]
    [InlineData("--name needs a value", "--name", "--", "npx")]
    [InlineData("--urls needs a value", "--urls")]
    [InlineData("no option --nmae", "--nmae", "x", "--", "npx")]
    [InlineData("no option -n", "-n", "x", "--", "npx")]
    [InlineData("no option --env without NAME=VALUE", "--env", "KEY", "--", "npx")]
    [InlineData("no option --env without NAME=VALUE", "--env", "=x", "--", "npx")]
    public void What_is_no_command_line_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        var line = BridgeCommandLine.Parse(arguments);

        Assert.Null(line.Command);
        Assert.Contains(reason, line.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_is_no_mistake(string option)
    {
        var line = BridgeCommandLine.Parse([option]);

        Assert.Null(line.Command);
        Assert.Null(line.Problem);
    }
}
