using System.Text.Json;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>Schemas of a document become plain JSON Schema.</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData("""{"type":"string","nullable":true}""", """{"type":["string","null"]}""")]
    [InlineData("""{"type":"string","nullable":true,"enum":["a"]}""", """{"type":["string","null"],"enum":["a",null]}""")]
    [InlineData("""{"type":["string","null"],"nullable":true}""", """{"type":["string","null"]}""")]
    [InlineData("""{"nullable":true,"description":"d","allOf":[{"$ref":"#/components/schemas/S"}]}""", """{"description":"d","anyOf":[{"allOf":[{"$ref":"#/$defs/S"}]},{"type":"null"}]}""")]
    [InlineData("""{"nullable":true,"$ref":"#/components/schemas/S"}""", """{"anyOf":[{"$ref":"#/$defs/S"},{"type":"null"}]}""")]
    [InlineData("""{"nullable":true}""", "{}")]
    [InlineData("""{"nullable":false,"type":"string"}""", """{"type":"string"}""")]
    [InlineData("""{"type":"number","minimum":3,"exclusiveMinimum":true,"maximum":9,"exclusiveMaximum":false}""", """{"type":"number","maximum":9,"exclusiveMinimum":3}""")]
    [InlineData("""{"type":"number","exclusiveMinimum":true}""", """{"type":"number"}""")]
    [InlineData("""{"exclusiveMinimum":3,"exclusiveMaximum":1.50}""", """{"exclusiveMinimum":3,"exclusiveMaximum":1.50}""")]
    [InlineData("""{"type":"string","example":"e","xml":{"name":"x"},"discriminator":{"propertyName":"p"},"externalDocs":{},"x-foo":1,"weird":2}""", """{"type":"string","examples":["e"]}""")]
    [InlineData("""{"const":5,"default":null,"description":null,"title":7,"enum":[]}""", """{"const":5}""")]
    [InlineData("""{"const":null}""", """{"const":null}""")]
    [InlineData("""{"type":"file"}""", "{}")]
    [InlineData("""{"type":"array","items":[{"type":"string"},true]}""", """{"type":"array","prefixItems":[{"type":"string"},{}]}""")]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":false,"contains":true}""", """{"prefixItems":[{"type":"string"}],"items":false,"contains":true}""")]
    [InlineData("""{"type":"object","properties":{"a":true,"b":false,"c":null},"additionalProperties":false}""", """{"type":"object","properties":{"a":{},"b":{"not":{}},"c":{}},"additionalProperties":false}""")]
    [InlineData("""{"properties":{"id":{"type":"string","readOnly":true},"n":{"type":"string"}},"required":["id","n"]}""", """{"properties":{"n":{"type":"string"}},"required":["n"]}""")]
    [InlineData("""{"required":true,"type":"string"}""", """{"type":"string"}""")]
    [InlineData("true", "{}")]
    [InlineData("null", "{}")]
    [InlineData("[1]", "{}")]
    [InlineData("""{"$ref":"https://elsewhere.example/s.json"}""", "{}")]
    [InlineData("""{"$ref":"#/components/schemas/Missing"}""", "{}")]
    [InlineData("""{"$ref":5}""", "{}")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}],"title":"T"}""", """{"anyOf":[{"type":"string"},{"type":"null"}],"title":"T"}""")]
    [InlineData("""{"$id":"urn:x","$defs":{"q":{"type":"string"}},"$ref":"#/$defs/q"}""", """{"$ref":"#/$defs/q"}""")]
    [InlineData("""{"description":"cut \ud83d","type":"string"}""", """{"description":"cut �","type":"string"}""")]
    public async Task A_schema_says_the_same_in_plain_words(string schema, string plain)
    {
        await using var service = await WithSchemaAsync(schema);

        AssertSame(plain, (await service.SchemaAsync()).GetProperty("properties").GetProperty("q"));
    }

    [Fact]
    public async Task What_is_referred_to_comes_along_once_and_also_in_circles()
    {
        await using var service = await WithSchemaAsync("""{"$ref":"#/components/schemas/Node«T»"}""",
            """ "Node«T»":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/Node%C2%ABT%C2%BB"},"leaf":{"$ref":"#/components/schemas/a~1b"},"odd":{"$ref":"#/paths/~1x/get/parameters/0"}}},"a/b":{"$ref":"#/components/schemas/Loop"},"Loop":{"$ref":"#/components/schemas/Loop"} """);

        var schema = await service.SchemaAsync();

        AssertSame("""{"$ref":"#/$defs/Node_T_"}""", schema.GetProperty("properties").GetProperty("q"));
        var definitions = schema.GetProperty("$defs");
        Assert.Equal("#/$defs/Node_T_", definitions.GetProperty("Node_T_").GetProperty("properties").GetProperty("next").GetProperty("$ref").GetString());
        Assert.All(definitions.EnumerateObject(), definition => Assert.Equal(JsonValueKind.Object, definition.Value.ValueKind));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(100)]
    public async Task Depth_leaves_no_null_where_a_schema_must_stand(int levels)
    {
        var schema = string.Concat(Enumerable.Repeat("{\"type\":\"object\",\"properties\":{\"p\":", levels)) + "{\"type\":\"string\"}" + string.Concat(Enumerable.Repeat("}}", levels));
        await using var service = await WithSchemaAsync(schema);

        var found = (await service.SchemaAsync()).GetProperty("properties").GetProperty("q");

        for (var i = 0; i < levels; i++) found = found.GetProperty("properties").GetProperty("p");
        AssertSame("""{"type":"string"}""", found);
    }

    [Fact]
    public async Task A_schema_too_large_to_show_is_named_and_the_tool_stays()
    {
        var many = string.Join(',', Enumerable.Range(0, 4000).Select(number => $"\"S{number}\":{{\"type\":\"object\",\"description\":\"{new string('x', 100)}\",\"properties\":{{\"n\":{{\"$ref\":\"#/components/schemas/S{number + 1}\"}}}}}}"));
        await using var service = await WithSchemaAsync("""{"$ref":"#/components/schemas/S0"}""", many);

        AssertSame("""{"type":"object"}""", await service.SchemaAsync());
        Assert.Contains("240 KiB", Assert.Single(service.LeftOut).Reason, StringComparison.Ordinal);
        Assert.Equal("GET /x?q=1", (await service.CallAsync("t", """{"q":1}""")).Line);
    }

    private static Task<RecordingService> WithSchemaAsync(string schema, string components = "\"S\":{\"type\":\"object\"}") => RecordingService.WithPathsAsync(
        "{\"/x\":{\"get\":{\"operationId\":\"t\",\"parameters\":[{\"name\":\"q\",\"in\":\"query\",\"schema\":" + schema + "}]}}}",
        ",\"components\":{\"schemas\":{" + components + "}}");

    private static void AssertSame(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), $"expected {expected}, got {actual.GetRawText()}");
}
