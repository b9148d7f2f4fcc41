using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Tests.Api.Harness;

namespace McpRegistry.Tests.Api;

public sealed class ServiceRoutesTests : IAsyncLifetime
{
    private const string New = """{"name":"weather","protocol":"http","base_url":"http://127.0.0.1:9/mcp","api_key":"new-secret","config":{"headers":{"A":"other-secret"}}}""";
    private RestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await RestHost.StartAsync();
        _host.State.Put(Services.Ready("demo", "echo"));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Services_are_listed_by_name_with_how_they_stand()
    {
        _host.State.Put(Services.Ready("away") with { Condition = ServiceCondition.Unavailable, Reason = "npx not found" });

        var services = (await _host.GetAsync("/api/services")).Json.GetProperty("services").EnumerateArray().ToArray();

        Assert.Equal(["away", "demo"], services.Select(one => one.GetProperty("name").GetString()));
        Assert.Equal("unavailable", services[0].GetProperty("state").GetString());
        Assert.Equal("npx not found", services[0].GetProperty("reason").GetString());
        Assert.Equal(1, services[1].GetProperty("tool_count").GetInt32());
        Assert.Equal("fastmcp", services[1].GetProperty("type").GetString());
        Assert.Equal("api", services[1].GetProperty("origin").GetString());
    }

    [Fact]
    public async Task What_is_missing_of_a_service_is_told_with_its_number_and_in_part()
    {
        var ready = Services.Ready("demo", "echo");
        var problems = Enumerable.Range(0, 120).Select(number => new CatalogProblem(CatalogKind.Tool, $"t{number}", "It is larger than 256 KiB.", IsMended: number < 60));
        _host.State.Put(ready with { Condition = ServiceCondition.Degraded, Reason = "60 tools are left out.", Catalog = ready.Catalog with { Problems = [.. problems, new CatalogProblem(CatalogKind.ResourceTemplate, null, "it did not answer")] } });

        var one = (await _host.GetAsync("/api/services/demo")).Json;
        var all = (await _host.GetAsync("/api/services")).Json.GetProperty("services")[0];

        Assert.Equal(("degraded", "60 tools are left out.", 121), (one.GetProperty("state").GetString(), one.GetProperty("reason").GetString(), one.GetProperty("catalog_problem_count").GetInt32()));
        var shown = one.GetProperty("catalog_problems").EnumerateArray().ToArray();
        Assert.Equal(100, shown.Length);
        Assert.Equal(("tools", "t60", false), (shown[0].GetProperty("list").GetString(), shown[0].GetProperty("item").GetString(), shown[0].GetProperty("mended").GetBoolean()));
        Assert.Equal(("resource_templates", JsonValueKind.Null), (shown[60].GetProperty("list").GetString(), shown[60].GetProperty("item").ValueKind));
        Assert.Equal(121, all.GetProperty("catalog_problem_count").GetInt32());
        Assert.False(all.TryGetProperty("catalog_problems", out _));
    }

    [Fact]
    public async Task What_is_not_shown_with_the_lists_of_the_others_is_told_on_the_page_of_its_service()
    {
        ServiceSnapshot With(string name, string uri)
        {
            var service = Services.Ready(name, "t");
            return service with { Catalog = service.Catalog with { Resources = [Mcp.FakeServices.Resource(name, uri)] } };
        }

        _host.State.Put(With("bank", "bank://accounts/17"));
        _host.State.Put(With("zed", "bank://accounts/vip"));

        var problem = Assert.Single((await _host.GetAsync("/api/services/zed")).Json.GetProperty("catalog_problems").EnumerateArray());
        Assert.Equal(("resources", "bank://accounts/vip"), (problem.GetProperty("list").GetString(), problem.GetProperty("item").GetString()));
        Assert.Contains("the service bank, which had it first", problem.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.False((await _host.GetAsync("/api/services/bank")).Json.TryGetProperty("catalog_problems", out _));
    }

    [Theory]
    [InlineData("/api/services")]
    [InlineData("/api/services/demo")]
    [InlineData("/api/services/demo/instances")]
    [InlineData("/api/services/demo/health")]
    public async Task No_answer_shows_a_secret(string path)
    {
        var answer = await _host.GetAsync(path);

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registration_is_stored_and_answered_with_its_place()
    {
        var answer = await _host.PostAsync("/api/services", New);

        Assert.Equal(201, answer.Status);
        Assert.Equal("/api/services/weather", answer.Headers["Location"]);
        Assert.Equal("new-secret", _host.Registry.Registered!.ApiKey);
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.Equal("***", answer.Json.GetProperty("api_key").GetString());
    }

    [Theory]
    [InlineData("{", 0)]
    [InlineData("[]", 0)]
    [InlineData("", 0)]
    [InlineData("""{"name":7,"tags":"x","config":{"replicas":"many"}}""", 3)]
    [InlineData("""{"name":"a","colour":"red"}""", 1)]
    public async Task A_body_that_is_no_registration_names_everything_that_is_wrong(string body, int atLeast)
    {
        var problem = (await _host.PostAsync("/api/services", body)).IsProblem(400, "invalid_arguments");

        Assert.True(problem.GetProperty("errors").GetArrayLength() >= Math.Max(1, atLeast));
        Assert.All(problem.GetProperty("errors").EnumerateArray(), one => Assert.NotEmpty(one.GetProperty("message").GetString()!));
        Assert.Empty(_host.Registry.Asked);
    }

    [Fact]
    public async Task Only_JSON_is_taken()
    {
        (await _host.PostAsync("/api/services", New, "text/plain")).IsProblem(415, "invalid_arguments");
        (await _host.SendAsync(HttpMethod.Put, "/api/services/demo", New, "text/plain")).IsProblem(415, "invalid_arguments");
        Assert.Empty(_host.Registry.Asked);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_before_it_is_read()
    {
        await using var host = await RestHost.StartAsync(new() { ["McpRegistry:Http:MaxRequestBytes"] = "2048" });

        (await host.PostAsync("/api/services", New + new string(' ', 3000))).IsProblem(413, "invalid_arguments");

        Assert.Empty(host.Registry.Asked);
    }

    public static TheoryData<RegistryResultKind, int, string> Refusals => new()
    {
        { RegistryResultKind.NotFound, 404, "unknown_service" },
        { RegistryResultKind.NameTaken, 409, "invalid_arguments" },
        { RegistryResultKind.OwnedBySource, 409, "invalid_arguments" },
        { RegistryResultKind.Invalid, 400, "invalid_arguments" },
        { RegistryResultKind.NotAllowed, 403, "tool_denied" },
        { RegistryResultKind.StoreUnavailable, 503, "registry_unavailable" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_change_that_was_not_made_says_why(RegistryResultKind kind, int status, string code)
    {
        _host.Registry.Result = new RegistryResult(kind) { Errors = [new RegistrationError("base_url", "It must be absolute.")] };
        var replacement = New.Replace("weather", "demo", StringComparison.Ordinal);

        (await _host.PostAsync("/api/services", New)).IsProblem(status, code);
        (await _host.SendAsync(HttpMethod.Put, "/api/services/demo", replacement)).IsProblem(status, code);
        var problem = (await _host.SendAsync(HttpMethod.Delete, "/api/services/demo")).IsProblem(status, code);

        Assert.Equal(kind == RegistryResultKind.Invalid, problem.TryGetProperty("errors", out _));
        if (kind == RegistryResultKind.OwnedBySource) Assert.Contains("belongs to mcp-servers.json", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_GET_showed_can_be_PUT_back_and_the_registry_knows_what_the_masks_stand_for()
    {
        var shown = (await _host.GetAsync("/api/services/demo")).Json;
        var registration = System.Text.Json.Nodes.JsonObject.Create(shown)!;
        foreach (var member in new[] { "state", "reason", "tool_count", "instance_count", "catalog_problems", "catalog_problem_count" }) registration.Remove(member);

        var answer = await _host.SendAsync(HttpMethod.Put, "/api/services/demo", registration.ToJsonString());

        Assert.Equal(200, answer.Status);
        Assert.Equal("***", _host.Registry.Registered!.ApiKey);
        Assert.Equal("***", _host.Registry.Registered.Config.Headers["X-Key"]);
    }

    [Fact]
    public async Task Routes_of_unknown_services_answer_so()
    {
        (await _host.GetAsync("/api/services/nobody")).IsProblem(404, "unknown_service");
        (await _host.GetAsync("/api/services/NO%20BODY%0d%0a")).IsProblem(404, "unknown_service");
        (await _host.SendAsync(HttpMethod.Put, "/api/services/weather", New)).IsProblem(404, "unknown_service");
        (await _host.GetAsync("/api/services/nobody/tools")).IsProblem(404, "unknown_service");
        (await _host.GetAsync("/api/services/nobody/instances")).IsProblem(404, "unknown_service");
        (await _host.GetAsync("/api/services/nobody/health")).IsProblem(404, "unknown_service");
        (await _host.PostAsync("/api/services/unknown/health/check")).IsProblem(404, "unknown_service");
        (await _host.GetAsync("/api/tools?service=nobody")).IsProblem(404, "unknown_service");
    }

    [Fact]
    public async Task A_service_is_removed()
    {
        Assert.Equal(204, (await _host.SendAsync(HttpMethod.Delete, "/api/services/demo")).Status);
        Assert.Equal(["remove demo"], _host.Registry.Asked);
    }

    [Fact]
    public async Task A_route_and_a_method_that_are_not_there_are_problems_too()
    {
        (await _host.GetAsync("/api/nothing")).IsProblem(404, "invalid_arguments");
        (await _host.SendAsync(HttpMethod.Patch, "/api/services/demo", "{}")).IsProblem(405, "invalid_arguments");
    }
}
