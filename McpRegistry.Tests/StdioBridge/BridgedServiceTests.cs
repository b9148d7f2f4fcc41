using McpRegistry.Core.Registration;
using McpRegistry.StdioBridge;

using Microsoft.Extensions.Configuration;

namespace McpRegistry.Tests.StdioBridge;

public sealed class BridgedServiceTests
{
    private static readonly BridgeCommandLine Npx = BridgeCommandLine.Parse(["npx", "-y", "pkg"]);

    [Fact]
    public void Settings_and_command_line_become_one_stdio_registration()
    {
        var registration = Read(
            ("McpRegistry:Bridge:Name", "weather"), ("McpRegistry:Bridge:Cwd", "/tmp/../tmp"), ("McpRegistry:Bridge:Replicas", "3"), ("McpRegistry:Bridge:Env:API_KEY", "secret"));

        Assert.Equal(("weather", ServiceProtocol.Stdio), (registration.Name, registration.Protocol));
        Assert.Equal(("npx", "/tmp", 3), (registration.Config.Command, registration.Config.Cwd, registration.Config.Replicas));
        Assert.Equal(["-y", "pkg"], registration.Config.Args.AsEnumerable());
        Assert.Equal("secret", registration.Config.Env["API_KEY"]);
    }

    [Fact]
    public void Variables_keep_their_names_and_values_as_they_are()
    {
        // As the environment is read: every "__" of McpRegistry__Bridge__Env__MY__KEY separates levels.
        var env = Read(("McpRegistry:Bridge:Env:MY:KEY", "nested"), ("McpRegistry:Bridge:Env:lower_case", ""), ("McpRegistry:Bridge:Env:MY", "flat"), ("McpRegistry:Bridge:Env:PATH", "/bin")).Config.Env;

        Assert.Equal("nested", env["MY__KEY"]);
        Assert.Equal("flat", env["MY"]);
        Assert.Equal("", env["lower_case"]);
        Assert.Equal("/bin", env["PATH"]);
        Assert.Equal(4, env.Count);
    }

    [Fact]
    public void The_bridge_gives_up_on_a_call_later_than_any_caller_but_not_never()
    {
        var timeouts = Read().Config.Timeouts;

        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromHours(1)), (timeouts.Idle, timeouts.Call));
    }

    [Theory]
    [InlineData("McpRegistry:Bridge:Name", "My Server", "name:")]
    [InlineData("McpRegistry:Bridge:Replicas", "0", "config.replicas:")]
    [InlineData("McpRegistry:Bridge:Replicas", "many", "McpRegistry:Bridge:Replicas")]
    public void What_cannot_be_served_is_refused_by_name(string setting, string value, string named)
    {
        var (registration, refusal) = BridgedService.Read(With((setting, value)), Npx);

        Assert.Null(registration);
        Assert.Contains(named, refusal, StringComparison.Ordinal);
    }

    private static ServiceRegistration Read(params (string, string)[] settings)
    {
        var (registration, refusal) = BridgedService.Read(With(settings), Npx);
        Assert.Equal("", refusal);
        return registration!;
    }

    private static IConfigurationRoot With(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build();
}
