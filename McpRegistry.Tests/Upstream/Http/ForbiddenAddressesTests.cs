using System.Net;

using McpRegistry.Core.Upstream.Http.Egress;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class ForbiddenAddressesTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("168.63.129.16")]
    [InlineData("100.100.100.200")]
    [InlineData("0.0.0.0")]
    [InlineData("0.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("febf::1")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd00:ec2::23")]
    [InlineData("fd00:ec2::23%1")]
    [InlineData("fd00:ec2:1:2:3:4:5:6")]
    [InlineData("fd20:ce::254")]
    [InlineData("fd00:c1::a9fe:a9fe")]
    [InlineData("fd00:42::42")]
    [InlineData("fd00:a9fe:a9fe::1")]
    [InlineData("fd00:100::100:200")]
    [InlineData("192.0.0.192")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:a9fe:a9fe")]
    [InlineData("::169.254.169.254")]
    [InlineData("::ffff:0:169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::169.254.169.254")]
    [InlineData("64:ff9b:1:a9fe:a9:fe00::")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2002:a83f:8110::")]
    [InlineData("2001:0:a9fe:a9fe::1")]
    [InlineData("2001:0:1:2:3:4:5601:5601")]
    [InlineData("fd00::5efe:169.254.169.254")]
    [InlineData("::ffff:0.0.0.0")]
    public void Addresses_of_metadata_and_of_no_single_host_are_forbidden_in_every_form(string address) =>
        Assert.True(ForbiddenAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.5.4")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("168.63.129.17")]
    [InlineData("203.0.113.9")]
    [InlineData("fd00::1")]
    [InlineData("fd00:ec3::23")]
    [InlineData("fd00:42::43")]
    [InlineData("2001:db8::1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2002:0a00:0001::1")]
    [InlineData("64:ff9b::10.0.0.1")]
    public void Other_addresses_are_not(string address) => Assert.False(ForbiddenAddresses.Contains(IPAddress.Parse(address)));
}
