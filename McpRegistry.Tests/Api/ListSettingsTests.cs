using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Http.Egress;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.ServiceDefaults.Hosting;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Api;

/// <summary>A list that stands in one value, as people write it in a variable: passed over, it would let in what the list was to keep out.</summary>
public sealed class ListSettingsTests
{
    [Fact]
    public async Task Lists_may_stand_in_one_value_with_commas()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["McpRegistry:Egress:Allow"] = "public, weather:8080",
            ["McpRegistry:Upstream:NoProxy"] = "one.example,two.example",
            ["McpRegistry:Http:AllowedHosts"] = "gateway",
            ["McpRegistry:Http:AllowedOrigins"] = "http://localhost:6274",
        });
        builder.AddHttpHost("http://127.0.0.1:0");
        builder.Services.AddHttpUpstream().AddStdioUpstream();
        await using var app = builder.Build();

        Assert.Equal(["public", "weather:8080"], app.Services.GetRequiredService<IOptions<EgressOptions>>().Value.Allow);
        Assert.Equal(["one.example", "two.example"], app.Services.GetRequiredService<IOptions<UpstreamOptions>>().Value.NoProxy);
        var host = app.Services.GetRequiredService<IOptions<HttpHostOptions>>().Value;
        Assert.Equal(["gateway"], host.AllowedHosts);
        Assert.Equal(["http://localhost:6274"], host.AllowedOrigins);
    }

    [Fact]
    public async Task Nonsense_in_one_value_is_refused_as_it_is_in_a_list()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["McpRegistry:Egress:Allow"] = "nonsense nonsense";
        builder.Services.AddHttpUpstream();
        await using var app = builder.Build();

        Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IOptions<EgressOptions>>().Value);
    }
}
