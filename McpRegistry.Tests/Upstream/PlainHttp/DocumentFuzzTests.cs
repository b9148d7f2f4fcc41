using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.PlainHttp;
using McpRegistry.Core.Upstream.PlainHttp.OpenApi;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>
/// Documents with anything anywhere, and calls with any arguments: never an exception but the one that names an argument, and
/// every tool satisfies what MCP wants of one. <c>MCPREGISTRY_FUZZ</c> says how many documents; 1,000 without it.
/// </summary>
public sealed class DocumentFuzzTests
{
    private static readonly string[] Oddities =
    [
        "null", "true", "false", "7", "-1e400", "\"\"", "\"\\ud800\"", "\"../..\"", "\"#/components/schemas/A\"", "\"#/paths\"", "\"#\"", "\"http://127.0.0.1:9/x\"", "[]", "[null]", "{}",
        "{\"$ref\":\"#/components/schemas/A\"}", "{\"$ref\":7}", "{\"a\":null}", "[[[[]]]]", "\"object\"", "\"query\"", "\"deepObject\"", "\"binary\"", "{\"type\":[\"string\",\"null\"],\"nullable\":true}",
        "{\"allOf\":[{\"$ref\":\"#/components/schemas/A\"}]}", "\"application/json\"", "\"{a}{b\"", "\"\\r\\nX: y\"",
    ];

    private const string Seed = """
        {"openapi":"3.0.3","servers":[{"url":"/v{n}","variables":{"n":{"default":"1"}}},{"url":"http://127.0.0.1:9/x"}],
         "paths":{
          "/a/{id}/b":{"parameters":[{"$ref":"#/components/parameters/P"}],"servers":[{"url":"/own"}],
           "get":{"operationId":"a","parameters":[{"name":"q","in":"query","style":"deepObject","explode":true,"schema":{"$ref":"#/components/schemas/A"}},{"name":"h","in":"header","required":true,"schema":{"type":"array"}},{"name":"c","in":"cookie"},{"name":"j","in":"query","content":{"application/json":{"schema":{"type":"object"}}}}],
                  "responses":{"200":{"content":{"text/csv":{}}}}},
           "post":{"description":"d","requestBody":{"$ref":"#/components/requestBodies/B"}},
           "put":{"requestBody":{"required":true,"content":{"multipart/form-data":{"schema":{"$ref":"#/components/schemas/A"},"encoding":{"f":{"contentType":"image/png","style":"form","explode":false}}}}}},
           "patch":{"requestBody":{"content":{"application/x-www-form-urlencoded":{"schema":{"$ref":"#/components/schemas/A"}}}}},
           "delete":{"requestBody":{"content":{"text/plain":{"schema":{"type":"string"}}}}}}},
         "components":{
          "parameters":{"P":{"name":"id","in":"path","required":true,"style":"label","schema":{"type":"string"}}},
          "requestBodies":{"B":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/A"}}}}},
          "schemas":{"A":{"type":"object","required":["f"],"properties":{"f":{"type":"string","format":"binary"},"n":{"type":"number","minimum":1,"exclusiveMinimum":true,"nullable":true,"example":2},"self":{"$ref":"#/components/schemas/A"},"o":{"oneOf":[{"type":"string"},{"$ref":"#/components/schemas/C"}],"nullable":true}},"additionalProperties":true},
                     "C":{"allOf":[{"$ref":"#/components/schemas/A"},{"properties":{"x":{"enum":["a",null]}}}],"discriminator":{"propertyName":"x"}}}}}
        """;

    [Fact]
    public void A_document_may_hold_anything_anywhere()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("MCPREGISTRY_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : 1000;
        var random = new Random(8);
        var tools = 0;
        for (var i = 0; i < count; i++)
        {
            var text = Mutated(random);
            try { tools += Check(Encoding.UTF8.GetBytes(text), random); }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException) { Assert.Fail($"case {i}: {failure}\n{text}"); }
        }

        Assert.InRange(tools, count, count * 6);
    }

    private static int Check(byte[] document, Random random)
    {
        var reading = OpenApiTools.Read(document, new PlainAddress(new Uri("http://127.0.0.1:8/base?k=v")), new ServiceConfig());
        Assert.All(reading.LeftOut, item => Assert.NotEmpty(item.Reason));
        using var listed = PlainResults.Listed(reading.Tools);
        var list = JsonElement.Parse(listed.Result.Span).GetProperty("tools");
        Assert.Equal(reading.Tools.Length, list.EnumerateArray().Select(tool => tool.GetProperty("name").GetString()).Distinct().Count());
        foreach (var tool in list.EnumerateArray())
        {
            Assert.Matches("^[A-Za-z0-9_.-]{1,128}$", tool.GetProperty("name").GetString());
            var schema = tool.GetProperty("inputSchema");
            Assert.Equal("object", schema.GetProperty("type").GetString());
            if (schema.TryGetProperty("properties", out var properties)) Assert.All(properties.EnumerateObject(), property => Assert.Equal(JsonValueKind.Object, property.Value.ValueKind));
        }

        foreach (var tool in reading.Tools) Call(tool, random);
        return reading.Tools.Length;
    }

    private static void Call(PlainTool tool, Random random)
    {
        var members = tool.Parameters.Select(parameter => parameter.Argument).Concat(["body", "f", "n", "o", "\\ud800"]).Distinct()
            .Where(_ => random.Next(3) > 0).Select(name => $"\"{name}\":{Oddities[random.Next(Oddities.Length)].Replace("-1e400", "1", StringComparison.Ordinal)}");
        try
        {
            var request = PlainCall.Create(tool, Encoding.UTF8.GetBytes($"{{{string.Join(',', members)}}}"));
            using var body = request.Body;
            var url = new Uri(new PlainAddress(new Uri("http://127.0.0.1:8/base?k=v")).UrlOf(request.BasePath, request.Path, request.Query));
            Assert.Equal("127.0.0.1:8", url.Authority);
            Assert.All(request.Headers ?? [], header => Assert.DoesNotContain(header.Value, character => char.IsControl(character)));
            using var message = new HttpRequestMessage(request.Method, url);
            foreach (var (name, value) in request.Headers ?? []) Assert.True(message.Headers.TryAddWithoutValidation(name, value), name);
        }
        catch (ArgumentRefusedException refusal) { Assert.NotEmpty(refusal.Message); }
    }

    private static string Mutated(Random random)
    {
        var root = JsonNode.Parse(Seed)!;
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var places = new List<JsonNode>();
            Collect(root, places);
            if (places.Count == 0) break;
            var place = places[random.Next(places.Count)];
            var oddity = JsonNode.Parse($"\"@{random.Next(Oddities.Length)}@\"");
            if (place is JsonObject { Count: > 0 } members)
            {
                var name = members.ElementAt(random.Next(members.Count)).Key;
                if (random.Next(4) == 0) members.Remove(name);
                else if (random.Next(4) == 0) members[$"{name}@"] = members[name]?.DeepClone();
                else members[name] = oddity;
            }
            else if (place is JsonArray { Count: > 0 } items) items[random.Next(items.Count)] = oddity;
        }

        var text = root.ToJsonString();
        for (var i = 0; i < Oddities.Length; i++) text = text.Replace($"\"@{i}@\"", Oddities[i], StringComparison.Ordinal);
        return text;
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is JsonObject or JsonArray) places.Add(node);
        if (node is JsonObject members) foreach (var (_, member) in members) Collect(member, places);
        if (node is JsonArray items) foreach (var item in items) Collect(item, places);
    }
}
