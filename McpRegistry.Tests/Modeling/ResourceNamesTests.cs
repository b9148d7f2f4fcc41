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
}
