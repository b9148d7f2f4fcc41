using System.Net;

using McpRegistry.Mcp;

namespace McpRegistry.Tests.Mcp;

public sealed class ListenAddressTests
{
    private static readonly IPAddress Own = IPAddress.Parse("10.0.0.7");

    [Theory]
    [InlineData("http://127.0.0.1:5081", "http://127.0.0.1:5081")]
    [InlineData("http://[::]:8080 http://127.0.0.1:5081", "http://127.0.0.1:5081")]
    [InlineData("http://[::]:8080", "http://10.0.0.7:8080")]
    [InlineData("http://0.0.0.0:8080", "http://10.0.0.7:8080")]
    [InlineData("https://[::]:8443 http://[::]:8080", "http://10.0.0.7:8080")]
    [InlineData("https://[::]:8443", null)]
    [InlineData("http://unix:/tmp/socket", null)]
    [InlineData("http://+:80", null)]
    [InlineData("", null)]
    public void A_server_that_listens_on_every_address_is_reached_at_the_one_of_its_machine(string bound, string? expected) =>
        Assert.Equal(expected is null ? null : new Uri(expected), ListenAddress.Choose(bound.Split(' ', StringSplitOptions.RemoveEmptyEntries), () => Own));

    [Fact]
    public void A_machine_with_an_address_of_the_sixth_version_only_is_named_as_URLs_name_it() =>
        Assert.Equal(new Uri("http://[fd00::7]:8080"), ListenAddress.Choose(["http://[::]:8080"], () => IPAddress.Parse("fd00::7")));

    [Fact]
    public void A_machine_without_a_network_has_no_address_that_others_could_use() => Assert.Null(ListenAddress.Choose(["http://[::]:8080"], () => null));

    [Fact]
    public void The_address_of_this_machine_is_none_that_only_itself_can_reach() => Assert.False(MachineAddress.Find() is { } found && IPAddress.IsLoopback(found));
}
