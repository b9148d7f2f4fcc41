using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Api;

/// <summary>Instances, health, tools and discovery.</summary>
public sealed class ServiceDetailRoutesTests : IAsyncLifetime
{
    private RestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await RestHost.StartAsync();
        _host.State.Put(Services.Ready("demo", "echo", "add_numbers"));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_instance_shows_what_the_source_design_names()
    {
        var instance = (await _host.GetAsync("/api/services/demo/instances")).Json.GetProperty("instances")[0];

        Assert.Equal("demo", instance.GetProperty("service_name").GetString());
        Assert.Equal("demo-1", instance.GetProperty("instance_id").GetString());
        Assert.Equal("fastmcp", instance.GetProperty("type").GetString());
        Assert.Equal("http://127.0.0.1:9/demo-1", instance.GetProperty("base_url").GetString());
        Assert.Equal("unknown", instance.GetProperty("health").GetString());
        Assert.True(instance.GetProperty("load_score").GetDouble() > 0);
    }

    [Fact]
    public async Task An_instance_shows_how_many_lines_of_its_output_were_passed_over()
    {
        var service = Services.Ready("chatty");
        ((FakeInstanceClient)service.Instances[0].Client).PassedOver = 5_000_000_000;
        _host.State.Put(service);

        var instance = (await _host.GetAsync("/api/services/chatty/instances")).Json.GetProperty("instances")[0];

        Assert.Equal(5_000_000_000, instance.GetProperty("passed_over").GetInt64());
    }

    [Fact]
    public async Task An_instance_is_added_and_answered_with_its_place()
    {
        _host.Registry.OnChange = () => _host.State.Put(Services.Ready("demo") with { Instances = [Services.Instance("demo", "demo-1"), Services.Instance("demo", "demo-2")] });

        var answer = await _host.PostAsync("/api/services/demo/instances", """{"base_url":"http://127.0.0.1:9/demo-2?key=query-secret"}""");

        Assert.Equal(201, answer.Status);
        Assert.Equal("/api/services/demo/instances/demo-2", answer.Headers["Location"]);
        Assert.Equal("demo-2", answer.Json.GetProperty("instance_id").GetString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"base_url":7}""")]
    [InlineData("""{"base_url":"relative"}""")]
    [InlineData("""{"base_url":"http://127.0.0.1:9","colour":"red"}""")]
    [InlineData("""{"base_url":"http://127.0.0.1:9","base_url":"http://127.0.0.1:8"}""")]
    public async Task What_is_no_instance_is_refused(string body)
    {
        (await _host.PostAsync("/api/services/demo/instances", body)).IsProblem(400, "invalid_arguments");
        Assert.Empty(_host.Registry.Asked);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("{}", true)]
    [InlineData("""{"draining":true}""", true)]
    [InlineData("""{"draining":false}""", false)]
    public async Task Draining_is_started_and_ended(string? body, bool draining)
    {
        var answer = await _host.PostAsync("/api/services/demo/instances/demo-1/drain", body);

        Assert.Equal(200, answer.Status);
        Assert.Equal([$"drain demo demo-1 {draining}"], _host.Registry.Asked);
        Assert.Equal("demo-1", answer.Json.GetProperty("instance_id").GetString());
    }

    [Fact]
    public async Task Draining_takes_a_flag_and_nothing_else()
    {
        (await _host.PostAsync("/api/services/demo/instances/demo-1/drain", """{"draining":"yes"}""")).IsProblem(400, "invalid_arguments");
        (await _host.PostAsync("/api/services/demo/instances/demo-1/drain", "{}", "text/plain")).IsProblem(415, "invalid_arguments");
    }

    [Fact]
    public async Task An_unknown_instance_is_not_an_unknown_service()
    {
        _host.Registry.Result = new RegistryResult(RegistryResultKind.NotFound);

        var removed = (await _host.SendAsync(HttpMethod.Delete, "/api/services/demo/instances/x")).IsProblem(404, "unknown_service");
        var drained = (await _host.PostAsync("/api/services/demo/instances/x/drain")).IsProblem(404, "unknown_service");

        Assert.Contains("instance", removed.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("instance", drained.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_shows_the_service_each_instance_and_its_last_probes()
    {
        _host.State.Current.Services["demo"].Instances[0].Health.RecordProbe(new ProbeResult(true, TimeSpan.FromMilliseconds(12)));

        var health = (await _host.PostAsync("/api/services/demo/health/check")).Json;

        Assert.Equal(["demo"], _host.Controls.Checked);
        Assert.Equal("demo", health.GetProperty("service").GetString());
        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal(12, health.GetProperty("response_time_ms").GetDouble());
        Assert.NotNull(health.GetProperty("last_check").GetString());
        var instance = health.GetProperty("instances")[0];
        Assert.Equal("demo-1", instance.GetProperty("instance_id").GetString());
        Assert.True(instance.GetProperty("history")[0].GetProperty("healthy").GetBoolean());
    }

    [Fact]
    public async Task A_service_that_is_away_says_why()
    {
        _host.State.Put(Services.Ready("away") with { Condition = ServiceCondition.Unavailable, Reason = "npx not found", Instances = [] });

        var health = (await _host.GetAsync("/api/services/away/health")).Json;

        Assert.Equal("npx not found", health.GetProperty("error").GetString());
        Assert.NotEqual("healthy", health.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("/api/tools", "away__gone demo__add_numbers demo__echo")]
    [InlineData("/api/tools?q=ADD", "demo__add_numbers")]
    [InlineData("/api/tools?q=does%20things%20demo", "demo__add_numbers demo__echo")]
    [InlineData("/api/tools?q=echo%20add", "")]
    [InlineData("/api/tools?service=demo&q=echo", "demo__echo")]
    [InlineData("/api/services/away/tools", "away__gone")]
    public async Task Tools_are_found_by_their_words(string path, string expected)
    {
        _host.State.Put(Services.Ready("away", "gone") with { Condition = ServiceCondition.Unavailable });

        var tools = (await _host.GetAsync(path)).Json.GetProperty("tools").EnumerateArray();

        Assert.Equal(expected, string.Join(' ', tools.Select(tool => tool.GetProperty("exposed_name").GetString())));
    }

    [Fact]
    public async Task A_tool_has_its_schemas_and_the_list_names_services_that_are_away()
    {
        _host.State.Put(Services.Ready("away", "gone") with { Condition = ServiceCondition.Unavailable });

        var list = (await _host.GetAsync("/api/tools")).Json;

        var tool = list.GetProperty("tools")[0];
        Assert.Equal("gone", tool.GetProperty("name").GetString());
        Assert.Equal("away", tool.GetProperty("service").GetString());
        Assert.Equal("object", tool.GetProperty("input_schema").GetProperty("type").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, tool.GetProperty("output_schema").ValueKind);
        Assert.Equal("away", list.GetProperty("degraded")[0].GetString());
    }

    [Fact]
    public async Task A_refresh_waits_for_nobody_who_hangs()
    {
        var time = new FakeTimeProvider();
        await using var host = await RestHost.StartAsync(time: time);
        host.State.Put(Services.Ready("demo", "echo"));
        host.State.Put(Services.Ready("hangs") with { Catalog = new ServiceCatalog() });
        var asked = new TaskCompletionSource();
        host.Controls.Refresh = name =>
        {
            if (name != "hangs") return Task.FromResult(true);
            asked.TrySetResult();
            return new TaskCompletionSource<bool>().Task;
        };

        host.Registry.FileErrors = [new RegistrationError("mcpServers.x", "The name is taken.")];

        var pending = host.PostAsync("/api/discovery/refresh");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        while (!pending.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(pending, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        var answer = (await pending).Json;
        Assert.Equal("demo", answer.GetProperty("refreshed")[0].GetString());
        Assert.Equal("hangs", answer.GetProperty("not_refreshed")[0].GetString());
        Assert.Equal("mcpServers.x", answer.GetProperty("file_errors")[0].GetProperty("field").GetString());
    }
}
