using McpRegistry.Api.Hosting;
using McpRegistry.Core.Diagnostics;
using McpRegistry.ServiceDefaults;
using McpRegistry.ServiceDefaults.Hosting;
using McpRegistry.Tests.Api.Harness;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace McpRegistry.Tests.Api;

public sealed class HostTests
{
    [Theory]
    [InlineData("urls", "http://localhost:5080")]
    [InlineData("urls", "http://127.0.0.1:0;http://[::1]:0")]
    [InlineData("urls", "http://unix:/tmp/registry.sock")]
    [InlineData("Kestrel:Endpoints:Main:Url", "http://localhost:1")]
    public void An_address_only_this_machine_can_reach_is_fine(string setting, string value) => Assert.Null(ListenRule.Refusal(With((setting, value))));

    [Theory]
    [InlineData("urls", "http://0.0.0.0:5080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://localhost:1;http://*:5080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://+:5080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://[::]:5080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://192.0.2.1:5080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://localhost.example:5080", "ASPNETCORE_URLS")]
    [InlineData("http_ports", "8080", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("Kestrel:Endpoints:Main:Url", "http://*:1", "Kestrel:Endpoints:Main:Url")]
    public void An_address_others_can_reach_is_refused_and_the_setting_named(string setting, string value, string named) =>
        Assert.Contains(named, ListenRule.Refusal(With((setting, value))), StringComparison.Ordinal);

    [Fact]
    public void Ports_of_a_container_image_do_not_count_where_urls_are_set() =>
        Assert.Null(ListenRule.Refusal(With(("urls", "http://localhost:5080"), ("http_ports", "8080"))));

    [Theory]
    [InlineData("urls", "http://0.0.0.0:5080")]
    [InlineData("http_ports", "8080")]
    public void Where_an_operator_vouches_for_the_network_any_address_is_fine(string setting, string value)
    {
        Assert.Contains("McpRegistry:Http:TrustedNetwork", ListenRule.Refusal(With((setting, value))), StringComparison.Ordinal);
        Assert.Null(ListenRule.Refusal(With((setting, value), ("McpRegistry:Http:TrustedNetwork", "true"))));
    }

    [Fact]
    public async Task The_server_itself_does_not_bind_what_the_settings_hide()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddGatewayHost();
        await using var app = builder.Build();
        app.Urls.Clear();
        app.Urls.Add("http://0.0.0.0:0");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());

        Assert.Contains("can be reached from other machines", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bug_leaves_as_a_problem_without_a_word_about_the_inside()
    {
        await using var host = await RestHost.StartAsync();

        var answer = await host.GetAsync("/test/bug");

        answer.IsProblem(500, null);
        Assert.DoesNotContain("the-inside-of-it", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_above_the_limits_are_refused()
    {
        await using var host = await RestHost.StartAsync();

        var large = await host.SendAsync(HttpMethod.Get, "/api/services", headers: ("X-Large", new string('x', 40_000)));
        var many = await host.SendAsync(HttpMethod.Get, "/api/services", headers: [.. Enumerable.Range(0, 101).Select(i => ($"X-{i}", "x"))]);

        Assert.Equal(431, large.Status);
        Assert.Equal(431, many.Status);
    }

    [Fact]
    public async Task Without_a_destination_no_telemetry_is_registered()
    {
        await using var silent = Build();
        await using var exporting = Build(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"));
        await using var logfire = Build(("McpRegistry:Telemetry:LogfireToken", "token"), ("McpRegistry:Telemetry:LogfireEndpoint", "http://127.0.0.1:9"));

        Assert.Null(silent.Services.GetService<TracerProvider>());
        Assert.Null(silent.Services.GetService<MeterProvider>());
        Assert.False(RegistryTelemetry.Source.HasListeners());
        Assert.NotNull(exporting.Services.GetService<TracerProvider>());
        Assert.NotNull(exporting.Services.GetService<MeterProvider>());
        Assert.NotNull(logfire.Services.GetService<TracerProvider>());
        Assert.True(RegistryTelemetry.Source.HasListeners());
    }

    [Fact]
    public async Task Telemetry_is_signed_as_the_environment_says_and_by_itself_where_it_says_nothing()
    {
        await using var unnamed = Build(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"));
        await using var named = Build(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_SERVICE_NAME", "api"), ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=tvbudwht"));

        Assert.Equal(("api", "tvbudwht"), (Signature(named, "service.name"), Signature(named, "service.instance.id")));
        Assert.Equal("mcp-registry", Signature(unnamed, "service.name"));
        Assert.True(Guid.TryParse(Signature(unnamed, "service.instance.id"), out _));

        static string? Signature(WebApplication app, string attribute) =>
            app.Services.GetRequiredService<TracerProvider>().GetResource().Attributes.Single(one => one.Key == attribute).Value.ToString();
    }

    [Fact]
    public async Task Logfire_gets_OTLP_over_HTTP_with_its_token()
    {
        var seen = new TaskCompletionSource<(string Path, string Authorization, string Type)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiver = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]).Build();
        await using var _ = receiver;
        receiver.MapPost("/v1/traces", context =>
        {
            seen.TrySetResult((context.Request.Path, context.Request.Headers.Authorization.ToString(), context.Request.ContentType ?? ""));
            return Task.CompletedTask;
        });
        await receiver.StartAsync();

        await using (var app = Build(("McpRegistry:Telemetry:LogfireToken", "write-token"), ("McpRegistry:Telemetry:LogfireEndpoint", receiver.Urls.Single())))
        {
            var tracer = app.Services.GetRequiredService<TracerProvider>();
            RegistryTelemetry.Source.StartActivity("call")?.Dispose();
            tracer.ForceFlush(10_000);
        }

        var (path, authorization, type) = await seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(("/v1/traces", "write-token", "application/x-protobuf"), (path, authorization, type));
    }

    private static WebApplication Build(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(With(settings));
        builder.AddServiceDefaults();
        return builder.Build();
    }

    private static IConfigurationRoot With(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).Build();
}
