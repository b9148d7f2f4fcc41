using System.Collections.Immutable;
using System.Text;

using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Registration;

public sealed class RegistrationValidatorTests
{
    private const string Http = "\"name\":\"a\",\"base_url\":\"http://localhost:9/mcp\"";
    private const string Https = "\"name\":\"a\",\"base_url\":\"https://localhost:9/mcp\"";
    private const string Stdio = "\"name\":\"a\",\"protocol\":\"stdio\"";

    [Theory]
    [InlineData("{" + Http + "}")]
    [InlineData("""{"name":"a","config":{"instances":["http://localhost:1","http://localhost:2"]}}""")]
    [InlineData("""{"name":"a","base_url":"http://localhost:1","config":{"instances":["http://localhost:1","http://localhost:2"]}}""")]
    [InlineData("{" + Http + ",\"type\":\"fastapi\",\"api_key\":\"env:KEY\",\"config\":{\"tools\":{\"get_weather.v1\":{}},\"headers\":{\"X-A\":\"\"}}}")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"npx\",\"args\":[\"-y\",\"pkg\",\"\",\"a\\nb\"],\"env\":{\"TOKEN\":\"${TOKEN}\"},\"replicas\":64,\"replicable\":true,\"cwd\":\"/srv\"}}")]
    [InlineData("{" + Https + ",\"config\":{\"authority_file\":\"/etc/ssl/own.pem\"}}")]
    [InlineData("{" + Http + ",\"config\":{\"instances\":[\"https://localhost:8\"],\"authority_file\":\"/etc/ssl/own.pem\"}}")]
    [InlineData("{" + Stdio + ",\"type\":\"docker\",\"config\":{\"command\":\"docker\"}}")]
    public void A_good_registration_breaks_no_rule(string body) => Assert.Empty(Validate(body));

    [Theory]
    [InlineData("{\"name\":\"Weather\",\"base_url\":\"http://localhost:9\"}", "name")]
    [InlineData("{\"name\":\"a_b\",\"base_url\":\"http://localhost:9\"}", "name")]
    [InlineData("{\"name\":\"a\\n\",\"base_url\":\"http://localhost:9\"}", "name")]
    [InlineData("{\"name\":\"a\"}", "base_url")]
    [InlineData("{\"name\":\"a\",\"base_url\":\"/mcp\"}", "base_url")]
    [InlineData("{\"name\":\"a\",\"base_url\":\"\"}", "base_url")]
    [InlineData("{\"name\":\"a\",\"base_url\":\"file:///etc/passwd\"}", "base_url")]
    [InlineData("{\"name\":\"a\",\"base_url\":\"unix:/run/x.sock\"}", "base_url")]
    [InlineData("{\"name\":\"a\",\"base_url\":\"ws://localhost:9\"}", "base_url")]
    [InlineData("{\"name\":\"a\",\"base_url\":\"http://me:pw@localhost:9\"}", "base_url")]
    [InlineData("{\"name\":\"a\",\"base_url\":\"http://localhost:9/#x\"}", "base_url")]
    [InlineData("{" + Http + ",\"protocol\":\"websocket\"}", "protocol")]
    [InlineData("{" + Http + ",\"location\":\"a\\nb\"}", "location")]
    [InlineData("{" + Http + ",\"tags\":[\"a\",\"a\"]}", "tags[1]")]
    [InlineData("{" + Http + ",\"tags\":[\"\"]}", "tags[0]")]
    [InlineData("{" + Http + ",\"api_key\":\"a\\r\\nX: y\"}", "api_key")]
    [InlineData("{" + Http + ",\"api_key\":\"\"}", "api_key")]
    [InlineData("{" + Http + ",\"api_key\":\"***\"}", "api_key")]
    [InlineData("{" + Http + ",\"api_key\":\"k\",\"config\":{\"headers\":{\"authorization\":\"x\"}}}", "api_key")]
    [InlineData("{" + Http + ",\"config\":{\"headers\":{\"X A\":\"x\"}}}", "config.headers[\"X A\"]")]
    [InlineData("{" + Http + ",\"config\":{\"headers\":{\"X-A\":\"x\\ny\"}}}", "config.headers.X-A")]
    [InlineData("{" + Http + ",\"config\":{\"headers\":{\"X-A\":\"***\"}}}", "config.headers.X-A")]
    [InlineData("{" + Http + ",\"config\":{\"headers\":{\"host\":\"evil.example\"}}}", "config.headers.host")]
    [InlineData("{" + Http + ",\"config\":{\"headers\":{\"Mcp-Session-Id\":\"x\"}}}", "config.headers.Mcp-Session-Id")]
    [InlineData("{" + Http + ",\"config\":{\"command\":\"sh\"}}", "config.command")]
    [InlineData("{" + Http + ",\"config\":{\"args\":[\"x\"]}}", "config.args")]
    [InlineData("{" + Http + ",\"config\":{\"env\":{\"A\":\"x\"}}}", "config.env")]
    [InlineData("{" + Http + ",\"config\":{\"cwd\":\"/srv\"}}", "config.cwd")]
    [InlineData("{" + Http + ",\"config\":{\"replicas\":2}}", "config.replicas")]
    [InlineData("{" + Http + ",\"config\":{\"replicable\":true}}", "config.replicable")]
    [InlineData("{" + Http + ",\"config\":{\"load_balancing\":\"Sticky\"}}", "config.load_balancing")]
    [InlineData("{" + Http + ",\"config\":{\"instances\":[\"http://localhost:1\",\"http://localhost:1/\"]}}", "config.instances[1]")]
    [InlineData("{" + Http + ",\"config\":{\"instances\":[\"ftp://localhost:1\"]}}", "config.instances[0]")]
    [InlineData("{" + Http + ",\"config\":{\"openapi\":\"//evil.example/openapi.json\"}}", "config.openapi")]
    [InlineData("{" + Http + ",\"config\":{\"openapi\":\"http://evil.example/openapi.json\"}}", "config.openapi")]
    [InlineData("{" + Http + ",\"config\":{\"health\":{\"path\":\"health\"}}}", "config.health.path")]
    [InlineData("{" + Http + ",\"config\":{\"health\":{\"interval\":\"25h\"}}}", "config.health.interval")]
    [InlineData("{" + Http + ",\"config\":{\"health\":{\"interval\":5,\"timeout\":5}}}", "config.health.timeout")]
    [InlineData("{" + Http + ",\"config\":{\"health\":{\"timeout\":0}}}", "config.health.timeout")]
    [InlineData("{" + Http + ",\"config\":{\"health\":{\"fall\":0}}}", "config.health.fall")]
    [InlineData("{" + Http + ",\"config\":{\"health\":{\"rise\":101}}}", "config.health.rise")]
    [InlineData("{" + Http + ",\"config\":{\"timeouts\":{\"connect\":0}}}", "config.timeouts.connect")]
    [InlineData("{" + Http + ",\"config\":{\"timeouts\":{\"call\":\"60000s\",\"idle\":\"60000ms\",\"startup\":\"2h\"}}}", "config.timeouts.startup")]
    [InlineData("{" + Http + ",\"config\":{\"timeouts\":{\"call\":86401}}}", "config.timeouts.call")]
    [InlineData("{" + Http + ",\"config\":{\"tools\":{\"a b\":{}}}}", "config.tools[\"a b\"]")]
    [InlineData("{" + Http + ",\"config\":{\"tools\":{\"a\":{\"input_schema\":true}}}}", "config.tools.a.input_schema")]
    [InlineData("{" + Https + ",\"config\":{\"authority_file\":\"own.pem\"}}", "config.authority_file")]
    [InlineData("{" + Https + ",\"config\":{\"authority_file\":\"\"}}", "config.authority_file")]
    [InlineData("{" + Https + ",\"config\":{\"authority_file\":\"/a\\nb\"}}", "config.authority_file")]
    [InlineData("{" + Http + ",\"config\":{\"authority_file\":\"/etc/ssl/own.pem\"}}", "config.authority_file")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\",\"authority_file\":\"/etc/ssl/own.pem\"}}", "config.authority_file")]
    [InlineData("{" + Stdio + "}", "config.command")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"\"}}", "config.command")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\\nrm\"}}", "config.command")]
    [InlineData("{" + Stdio + ",\"base_url\":\"http://localhost:9\",\"config\":{\"command\":\"sh\"}}", "base_url")]
    [InlineData("{" + Stdio + ",\"api_key\":\"k\",\"config\":{\"command\":\"sh\"}}", "api_key")]
    [InlineData("{" + Stdio + ",\"type\":\"fastapi\",\"config\":{\"command\":\"sh\"}}", "protocol")]
    [InlineData("{" + Stdio + ",\"type\":\"external\",\"config\":{\"command\":\"sh\"}}", "protocol")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\",\"replicas\":0}}", "config.replicas")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\",\"replicas\":65}}", "config.replicas")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\",\"cwd\":\"here\"}}", "config.cwd")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\",\"args\":[\"a\\u0000b\"]}}", "config.args[0]")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\",\"env\":{\"A=B\":\"x\"}}}", "config.env[\"A=B\"]")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\",\"env\":{\"\":\"x\"}}}", "config.env[\"\"]")]
    [InlineData("{" + Stdio + ",\"config\":{\"command\":\"sh\",\"headers\":{\"A\":\"x\"}}}", "config.headers")]
    public void A_broken_rule_is_named_by_its_field(string body, string field) => Assert.Equal(field, Assert.Single(Validate(body)).Field);

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("ld_library_path")]
    [InlineData("DYLD_INSERT_LIBRARIES")]
    [InlineData("NODE_OPTIONS")]
    [InlineData("DOTNET_STARTUP_HOOKS")]
    [InlineData("PYTHONPATH")]
    [InlineData("BASH_ENV")]
    [InlineData("PATH")]
    public void A_variable_that_loads_other_code_is_only_taken_from_the_file(string name)
    {
        var registration = Read("{" + Stdio + ",\"config\":{\"command\":\"node\",\"env\":{\"" + name + "\":\"x\"}}}");

        Assert.Equal("config.env." + name, Assert.Single(RegistrationValidator.Validate(registration)).Field);
        Assert.Empty(RegistrationValidator.Validate(registration with { Origin = RegistrationOrigin.File }));
    }

    [Fact]
    public void All_broken_rules_are_told_at_once()
    {
        var errors = Validate("""{"name":"A B","protocol":"stdio","base_url":"x","config":{"replicas":0,"load_balancing":"x","health":{"fall":0}}}""");

        Assert.Equal(
            ["base_url", "base_url", "config.command", "config.health.fall", "config.load_balancing", "config.replicas", "name"],
            errors.Select(error => error.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_tool_must_fit_its_exposed_name()
    {
        var registration = Read("{" + Http + ",\"config\":{\"tools\":{\"" + new string('t', 125) + "\":{}}}}");

        Assert.Empty(RegistrationValidator.Validate(registration));
        Assert.Single(RegistrationValidator.Validate(registration with { Name = "ab" }));
    }

    [Fact]
    public void Lists_without_end_are_one_error_each()
    {
        var registration = Read("{" + Http + "}") with
        {
            Tags = [.. Enumerable.Range(0, 33).Select(i => $"t{i}")],
            Config = new ServiceConfig { Instances = [.. Enumerable.Range(1, 65).Select(i => new Uri($"http://localhost:{i}"))] },
        };

        Assert.Equal(["tags", "config.instances"], RegistrationValidator.Validate(registration).Select(error => error.Field));
    }

    private static ImmutableArray<RegistrationError> Validate(string body) => RegistrationValidator.Validate(Read(body));

    private static ServiceRegistration Read(string body) => RegistrationJson.Parse(Encoding.UTF8.GetBytes(body)).Registration!;
}
