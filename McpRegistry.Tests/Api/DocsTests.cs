using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

using McpRegistry.Api.Services;
using McpRegistry.Core.Registration;
using McpRegistry.Tests.Api.Harness;

namespace McpRegistry.Tests.Api;

public sealed partial class DocsTests : IAsyncLifetime
{
    private RestHost _host = null!;

    public async Task InitializeAsync() => _host = await RestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/services", "get post")]
    [InlineData("/api/services/{name}", "delete get put")]
    [InlineData("/api/services/{name}/health", "get")]
    [InlineData("/api/services/{name}/health/check", "post")]
    [InlineData("/api/services/{name}/tools", "get")]
    [InlineData("/api/services/{name}/call", "post")]
    [InlineData("/api/services/{name}/tools/{tool}", "post")]
    [InlineData("/api/services/{name}/instances", "get post")]
    [InlineData("/api/services/{name}/instances/{id}", "delete")]
    [InlineData("/api/services/{name}/instances/{id}/drain", "post")]
    [InlineData("/api/tools", "get")]
    [InlineData("/api/discovery/refresh", "post")]
    [InlineData("/api/events", "get")]
    public async Task Every_route_is_described(string path, string methods)
    {
        var item = (await _host.GetAsync("/openapi/v1.json")).Json.GetProperty("paths").GetProperty(path);

        Assert.Equal(methods, string.Join(' ', item.EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal)));
        Assert.All(item.EnumerateObject(), one =>
        {
            // In words: the method and the path stand beside it anyway.
            Assert.DoesNotContain("/api/", one.Value.GetProperty("summary").GetString()!, StringComparison.Ordinal);
            Assert.NotEmpty(one.Value.GetProperty("summary").GetString()!);
            Assert.Equal(1, one.Value.GetProperty("tags").GetArrayLength());
            Assert.NotEmpty(one.Value.GetProperty("operationId").GetString()!);
            var named = one.Value.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()) : [];
            Assert.All(PathParameter().Matches(path), match => Assert.Contains(match.Groups[1].Value, named));
        });
    }

    [Fact]
    public async Task No_other_route_is_described()
    {
        var paths = (await _host.GetAsync("/openapi/v1.json")).Json.GetProperty("paths").EnumerateObject();

        Assert.DoesNotContain(paths, path => !path.Name.StartsWith("/api/", StringComparison.Ordinal) && path.Name != "/test/bug");
    }

    [Theory]
    [InlineData("/api/services", "post")]
    [InlineData("/api/services/{name}", "put")]
    [InlineData("/api/services/{name}/call", "post")]
    [InlineData("/api/services/{name}/tools/{tool}", "post")]
    [InlineData("/api/services/{name}/instances", "post")]
    public async Task Bodies_have_a_schema_and_an_example(string path, string method)
    {
        var document = (await _host.GetAsync("/openapi/v1.json")).Json;
        var body = document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("requestBody").GetProperty("content").GetProperty("application/json");

        Assert.Equal(JsonValueKind.Object, body.GetProperty("schema").ValueKind);
        Assert.Equal(JsonValueKind.Object, body.GetProperty("example").ValueKind);
    }

    [Fact]
    public void The_described_registration_is_the_one_that_is_read()
    {
        Assert.Equal(NamesOf(RegistrationJson.TypeInfo), NamesOf(typeof(ServiceRegistrationModel), "origin", "version", "created_at", "updated_at"));
        Assert.Equal(NamesOf(Part(RegistrationJson.TypeInfo, "config")), NamesOf(typeof(ServiceConfigModel)));
        Assert.Equal(NamesOf(Part(Part(RegistrationJson.TypeInfo, "config"), "health")), NamesOf(typeof(HealthSettingsModel)));
        Assert.Equal(NamesOf(Part(Part(RegistrationJson.TypeInfo, "config"), "timeouts")), NamesOf(typeof(TimeoutSettingsModel)));
        Assert.Equal(NamesOf(RegistrationJson.TypeInfo.Options.GetTypeInfo(typeof(ToolSettings))), NamesOf(typeof(ToolSettingsModel)));

        static JsonTypeInfo Part(JsonTypeInfo type, string name) => type.Options.GetTypeInfo(type.Properties.Single(one => one.Name == name).PropertyType);
        static string NamesOf(object type, params string[] further) => string.Join(' ', (type is JsonTypeInfo info
            ? info.Properties.Select(one => one.Name)
            : ((Type)type).GetProperties().Where(one => one.Name != "EqualityContract").Select(one => JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Name)).Concat(further)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_page_needs_nothing_from_elsewhere()
    {
        var page = await _host.GetAsync("/docs/");

        Assert.Equal(200, page.Status);
        var sources = ScriptSource().Matches(page.Body).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(sources);
        foreach (var source in sources)
        {
            Assert.DoesNotContain("//", source, StringComparison.Ordinal);
            var script = await _host.GetAsync(new Uri(new Uri(_host.Address, "/docs/"), source).AbsolutePath);
            Assert.Equal(200, script.Status);
            Assert.Contains("javascript", script.ContentType, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("https://", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_may_run_its_own_scripts_and_talk_to_this_origin_only()
    {
        var first = await _host.GetAsync("/docs/");
        var second = await _host.GetAsync("/docs/");

        var policy = first.Headers["Content-Security-Policy"];
        var nonce = Nonce().Match(policy).Groups[1].Value;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.All(ScriptTag().Matches(first.Body), tag => Assert.Contains($"nonce=\"{nonce}\"", tag.Value, StringComparison.Ordinal));
        Assert.NotEqual(policy, second.Headers["Content-Security-Policy"]);
    }

    [Fact]
    public async Task The_root_leads_to_the_page()
    {
        Assert.Equal("/docs/", (await _host.GetAsync("/")).Headers["Location"]);
        Assert.Equal("docs/", (await _host.GetAsync("/docs")).Headers["Location"]);
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex("<script[^>]* src=\"([^\"]+)\"")]
    private static partial Regex ScriptSource();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex ScriptTag();

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex Nonce();
}
