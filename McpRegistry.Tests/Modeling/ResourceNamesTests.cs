using McpRegistry.Core.Modeling;
using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Modeling;

public sealed class ResourceNamesTests
{
    [Theory]
    [InlineData("weather", "weather", "weather-1")]
    [InlineData("a--b", "a-b", "a-b-1")]
    [InlineData("a---b", "a-b", "a-b-1")]
    [InlineData("7zip", "mcp-7zip", "mcp-7zip-1")]
    public void A_service_keeps_its_name_where_a_model_allows_it(string service, string resource, string instance)
    {
        Assert.True(ServiceName.IsValid(service));
        Assert.Equal((resource, instance), (ResourceNames.Of(service), ResourceNames.Instance(service, 1)));
    }

    [Fact]
    public void Variables_are_those_that_service_discovery_and_the_registry_read()
    {
        Assert.Equal("services__weather__http__2", ServerVariables.Address("weather", "http", 2));
        Assert.Equal("McpRegistry__Servers__weather__Tags__0", ServerVariables.Setting("weather", ServerVariables.Tag(0)));
        Assert.Equal("McpRegistry__Servers__weather__Headers__X-Team", ServerVariables.Setting("weather", ServerVariables.Header("X-Team")));
    }
}
