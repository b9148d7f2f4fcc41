using System.Text;
using System.Text.Json;

using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Registration;

public sealed class RegistrationJsonTests
{
    [Fact]
    public void A_body_of_the_source_design_is_read()
    {
        var registration = Parse("""
            {
              "name": "weather", "type": "fastapi", "location": "remote", "protocol": "http", "base_url": "https://weather.example/api",
              "api_key": "k-1", "tags": ["a", "b"],
              "config": {
                "headers": { "X-Tenant": "blue" }, "instances": ["https://w1.example", "https://w2.example"], "trusted": true,
                "load_balancing": "RoundRobin", "openapi": "/docs/api.json",
                "health": { "interval": "10s", "timeout": 1.5, "fall": 4, "rise": 1, "path": "/up" },
                "timeouts": { "connect": "500ms", "startup": "2m", "idle": "00:00:45", "call": "1h" },
                "tools": { "forecast": { "safe": true, "description": "d", "input_schema": { "type": "object" }, "output_schema": { "type": "object" } } }
              }
            }
            """).Registration!;

        Assert.Equal(("weather", ServiceType.FastApi, "remote", "k-1"), (registration.Name, registration.Type, registration.Location, registration.ApiKey));
        Assert.Equal(new Uri("https://weather.example/api"), registration.BaseUrl);
        Assert.Equal(["a", "b"], registration.Tags.AsEnumerable());
        Assert.Equal(RegistrationOrigin.Api, registration.Origin);
        var config = registration.Config;
        Assert.Equal("blue", config.Headers["X-Tenant"]);
        Assert.Equal(2, config.Instances.Length);
        Assert.True(config.Trusted);
        Assert.Equal(("RoundRobin", "/docs/api.json"), (config.LoadBalancing, config.OpenApi));
        Assert.Equal(new HealthSettings { Interval = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(1.5), Fall = 4, Rise = 1, Path = "/up" }, config.Health);
        Assert.Equal(
            new TimeoutSettings { Connect = TimeSpan.FromSeconds(0.5), Startup = TimeSpan.FromMinutes(2), Idle = TimeSpan.FromSeconds(45), Call = TimeSpan.FromHours(1) },
            config.Timeouts);
        Assert.True(config.Tools["forecast"].Safe);
        Assert.Equal("object", config.Tools["forecast"].InputSchema!.Value.GetProperty("type").GetString());
    }

    [Fact]
    public void A_stdio_service_is_pinned_unless_it_says_that_it_may_be_copied()
    {
        const string pinned = """{"name":"a","protocol":"stdio","config":{"command":"server"}}""";
        const string free = """{"name":"a","protocol":"stdio","config":{"command":"server","replicable":true}}""";

        Assert.False(Parse(pinned).Registration!.Config.Replicable);
        var registration = Parse(free).Registration!;
        Assert.True(registration.Config.Replicable);
        Assert.True(RegistrationJson.FromStored(RegistrationJson.ToStored(registration)).Config.Replicable);
    }

    [Fact]
    public void Nulls_count_as_not_given()
    {
        var registration = Parse("""{"name":"a","type":null,"base_url":null,"config":{"health":null,"args":null,"replicas":null},"tags":null}""").Registration!;

        Assert.True(RegistrationJson.SameAs(new ServiceRegistration { Name = "a" }, registration));
    }

    [Fact]
    public void Every_misfit_is_named_at_once_by_its_place()
    {
        var reading = Parse("""
            {
              "name": 5, "type": "mcp", "protocol": 1, "base_url": {}, "tags": "a", "colour": "red",
              "config": {
                "args": ["ok", 7, null], "env": { "A": 1, "B": "fine" }, "replicas": 1.5, "replicable": "no", "trusted": "yes",
                "health": { "interval": "soon", "fall": "3" }, "tools": { "x": { "safe": 1, "sorry": true } }, "headers": []
              }
            }
            """);

        Assert.Null(reading.Registration);
        Assert.Equal(
            [
                "base_url", "colour", "config.args[1]", "config.args[2]", "config.env.A", "config.headers", "config.health.fall", "config.health.interval",
                "config.replicable", "config.replicas", "config.tools.x.safe", "config.tools.x.sorry", "config.trusted", "name", "protocol", "tags", "type",
            ],
            reading.Errors.Select(error => error.Field).Order(StringComparer.Ordinal));
        Assert.Contains(new RegistrationError("type", "It must be one of fastmcp, fastapi, external, docker."), reading.Errors);
        Assert.Contains(new RegistrationError("colour", "There is no such member."), reading.Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"a\"")]
    [InlineData("{\"name\":\"a\",}")]
    [InlineData("{\"name\":\"a\"} {}")]
    [InlineData("{/**/\"name\":\"a\"}")]
    [InlineData("{\"name\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"name\":\"a\",\"config\":{\"tools\":{\"t\":{\"input_schema\":{\"x\":\"\\udfff\"}}}}}")]
    public void What_is_no_registration_at_all_is_an_error_of_the_whole_and_never_thrown(string body)
    {
        var reading = Parse(body);

        Assert.Null(reading.Registration);
        Assert.NotEmpty(reading.Errors);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_and_nesting_without_end_are_errors()
    {
        Assert.NotEmpty(RegistrationJson.Parse(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }).Errors);
        Assert.NotEmpty(Parse("{\"name\":\"a\",\"config\":" + new string('[', 100_000)).Errors);
        Assert.NotEmpty(Parse("""{"name":"a","config":{"tools":{"t":{"input_schema":""" + string.Concat(Enumerable.Repeat("{\"a\":", 70)) + "1" + new string('}', 74)).Errors);
    }

    [Theory]
    [InlineData("""{"name":"a","name":"b"}""", "name")]
    [InlineData("""{"name":"a","n\u0061me":"b"}""", "name")]
    [InlineData("""{"name":"a","tags":null,"tags":[]}""", "tags")]
    [InlineData("""{"name":"a","config":{"env":{"A":"1","A":"2"}}}""", "config.env.A")]
    [InlineData("""{"name":"a","config":{"tools":{"t":{"input_schema":{"properties":{"q":{"type":"x","type":"y"}}}}}}}""", "config.tools.t.input_schema.properties.q.type")]
    public void A_member_given_twice_is_refused_wherever_it_stands(string body, string field) =>
        Assert.Equal(new RegistrationError(field, "It is given twice."), Assert.Single(Parse(body).Errors));

    [Fact]
    public void The_name_may_come_from_the_address_and_must_not_contradict_it()
    {
        Assert.Equal("weather", RegistrationJson.Parse("{}"u8.ToArray(), "weather").Registration!.Name);
        Assert.Equal("weather", RegistrationJson.Parse("""{"name":"weather"}"""u8.ToArray(), "weather").Registration!.Name);
        Assert.Equal("name", Assert.Single(RegistrationJson.Parse("""{"name":"other"}"""u8.ToArray(), "weather").Errors).Field);
        Assert.Equal("name", Assert.Single(Parse("{}").Errors).Field);
    }

    [Fact]
    public void What_a_client_gets_it_can_put_back()
    {
        var stored = Example() with { CreatedAt = DateTimeOffset.UnixEpoch, Origin = RegistrationOrigin.Api };
        var shown = JsonSerializer.SerializeToUtf8Bytes(RegistrationJson.Public(stored), RegistrationJson.TypeInfo);

        var reading = RegistrationJson.Parse(shown, stored.Name);

        Assert.Empty(reading.Errors);
        Assert.True(RegistrationJson.SameAs(stored, RegistrationJson.KeepSecrets(reading.Registration!, stored)));
    }

    [Fact]
    public void The_public_view_has_no_secret_and_shows_references()
    {
        var shown = JsonSerializer.Serialize(RegistrationJson.Public(Example()), RegistrationJson.TypeInfo);

        Assert.DoesNotContain("secret", shown, StringComparison.OrdinalIgnoreCase);
        var config = JsonElement.Parse(shown).GetProperty("config");
        Assert.Equal("***", JsonElement.Parse(shown).GetProperty("api_key").GetString());
        Assert.Equal("env:TOKEN", config.GetProperty("env").GetProperty("REFERENCE").GetString());
        Assert.Equal("Bearer ${TOKEN}", config.GetProperty("headers").GetProperty("Authorization").GetString());
        Assert.Equal("***", config.GetProperty("headers").GetProperty("X-Default").GetString());
        Assert.Equal("https://one.example:443/mcp?***", JsonElement.Parse(shown).GetProperty("base_url").GetString());
    }

    [Fact]
    public void An_api_key_that_is_not_set_is_shown_as_null_and_a_reference_is_hidden()
    {
        Assert.Null(RegistrationJson.Public(new ServiceRegistration { Name = "a" }).ApiKey);
        Assert.Equal("***", RegistrationJson.Public(new ServiceRegistration { Name = "a", ApiKey = "env:KEY" }).ApiKey);
    }

    [Fact]
    public void A_hidden_secret_of_another_place_or_address_is_not_filled_in()
    {
        var incoming = new ServiceRegistration
        {
            Name = "a",
            BaseUrl = new Uri("https://elsewhere.example/mcp?***"),
            Config = new ServiceConfig { Headers = Example().Config.Headers.Clear().Add("X-New", "***") },
        };

        var kept = RegistrationJson.KeepSecrets(incoming, Example());

        Assert.Equal(["base_url", "config.headers.X-New"], RegistrationValidator.Validate(kept).Select(error => error.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sameness_is_about_what_is_asked_for_and_not_about_when()
    {
        var one = Example();

        Assert.True(RegistrationJson.SameAs(one, Example() with { CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch }));
        Assert.False(RegistrationJson.SameAs(one, one with { ApiKey = "other" }));
        Assert.False(RegistrationJson.SameAs(one, one with { Config = one.Config with { Args = ["x"] } }));
    }

    [Fact]
    public void Durations_are_written_as_seconds_and_defaults_survive_the_store()
    {
        var stored = RegistrationJson.ToStored(new ServiceRegistration { Name = "a" });

        var health = JsonElement.Parse(stored).GetProperty("config").GetProperty("health");
        Assert.Equal("30", health.GetProperty("interval").GetRawText());
        Assert.Equal(new ServiceConfig().Health, RegistrationJson.FromStored(stored).Config.Health);
    }

    [Theory]
    [InlineData("\"30\"", 30_000)]
    [InlineData("0.25", 250)]
    [InlineData("\"1.5m\"", 90_000)]
    [InlineData("\"-1s\"", -1_000)]
    [InlineData("1e30", null)]
    [InlineData("\"1 s\"", null)]
    [InlineData("\"s\"", null)]
    [InlineData("\"99999999999999h\"", null)]
    [InlineData("true", null)]
    public void Durations_are_read_in_the_forms_people_write(string text, int? milliseconds)
    {
        var reading = Parse("""{"name":"a","config":{"timeouts":{"idle":""" + text + "}}}");

        Assert.Equal(milliseconds, reading.Registration is { } read ? (int)read.Config.Timeouts.Idle.TotalMilliseconds : null);
        Assert.Equal(milliseconds is null, !reading.Errors.IsEmpty);
    }

    [Fact]
    public void A_field_name_that_would_forge_a_log_line_is_escaped_and_cut()
    {
        var error = Assert.Single(Parse("{\"name\":\"a\",\"x\\r\\n" + new string('y', 500) + "\":1}").Errors);

        Assert.DoesNotContain(error.Field, char.IsControl);
        Assert.True(error.Field.Length < 100);
    }

    [Fact]
    public void A_registration_in_a_log_names_the_service_and_no_secret() =>
        Assert.Equal("weather (external, http)", $"{Example()}");

    private static RegistrationReading Parse(string body) => RegistrationJson.Parse(Encoding.UTF8.GetBytes(body));

    private static ServiceRegistration Example() => Parse("""
        {
          "name": "weather", "type": "external", "base_url": "https://one.example:443/mcp?key=secret1", "api_key": "secret2", "tags": ["t"],
          "config": {
            "env": { "PLAIN": "secret3", "REFERENCE": "env:TOKEN" },
            "headers": { "Authorization": "Bearer ${TOKEN}", "X-Key": "secret4", "X-Default": "${TOKEN:-secret5}", "X-Mixed": "secret6${TOKEN}" },
            "instances": ["https://two.example/mcp?key=secret7", "https://three.example/mcp"],
            "tools": { "t": { "input_schema": { "type": "object" } } }
          }
        }
        """).Registration!;
}
