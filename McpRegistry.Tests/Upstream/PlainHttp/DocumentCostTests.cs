using System.Globalization;
using System.Text;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.PlainHttp;
using McpRegistry.Core.Upstream.PlainHttp.OpenApi;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>A small document that stands for gigabytes costs little more than its own size.</summary>
public sealed class DocumentCostTests
{
    private static readonly PlainAddress Address = new(new Uri("http://127.0.0.1:9/"));

    // Each operation uses the same large thing, in every way there is to.
    public static TheoryData<string, string, int> Bombs() => new()
    {
        { "\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Big\"}}}}", Schemas(Properties(40_000)), 1_500 },
        { "\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Big\"}}}}", Schemas(Properties(4_000)), 4_000 },
        { "\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"properties\":{\"a\":{\"$ref\":\"#/components/schemas/Big\"}}}}}}", Schemas(Properties(4_000)), 4_000 },
        { "\"requestBody\":{\"content\":{\"application/x-www-form-urlencoded\":{\"schema\":{\"$ref\":\"#/components/schemas/Big\"}}}}", Schemas(Properties(20_000)), 4_000 },
        { "\"requestBody\":{\"content\":{\"multipart/form-data\":{\"schema\":{\"$ref\":\"#/components/schemas/Big\"},\"encoding\":{\"a\":{}}}}}", Schemas(Properties(20_000)), 4_000 },
        { "\"requestBody\":{\"$ref\":\"#/components/requestBodies/Big\"}", "\"requestBodies\":{\"Big\":{\"description\":\"" + new string('d', 1_000_000) + "\",\"content\":{\"application/json\":{\"schema\":" + Properties(20_000) + "}}}}", 4_000 },
        { "\"parameters\":[{\"$ref\":\"#/components/parameters/Big\"}]", "\"parameters\":{\"Big\":{\"name\":\"p\",\"in\":\"query\",\"description\":\"" + new string('d', 1_000_000) + "\",\"schema\":" + Properties(20_000) + "}}", 4_000 },
        { "\"parameters\":[{\"name\":\"p\",\"in\":\"query\",\"schema\":{\"$ref\":\"#/components/schemas/S0\"}}]", Chain(20_000), 4_000 },
        { "\"parameters\":[{\"name\":\"p\",\"in\":\"query\",\"schema\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/S100\"},{\"$ref\":\"#/components/schemas/S200\"}]}}]", Chain(20_000), 4_000 },
        { "\"parameters\":[{\"name\":\"p\",\"in\":\"query\",\"schema\":{\"$ref\":\"#/components/schemas/Big\"}}]", Schemas("{\"enum\":[" + string.Join(',', Enumerable.Range(0, 200_000)) + "]}"), 4_000 },
        { "\"parameters\":[{\"name\":\"p\",\"in\":\"query\",\"schema\":{\"$ref\":\"#/components/schemas/Big\"}}]", Schemas("{\"description\":\"" + new string('d', 200_000) + "\"}"), 4_000 },
        { "\"parameters\":[{\"name\":\"p\",\"in\":\"query\",\"schema\":{\"$ref\":\"#/components/schemas/Big\"}}]", Schemas("{\"required\":[" + string.Join(',', Enumerable.Range(0, 100_000).Select(one => $"\"r{one}\"")) + "]}"), 4_000 },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void What_many_operations_use_is_read_once(string operation, string components, int operations)
    {
        var paths = string.Join(',', Enumerable.Range(0, operations).Select(one => $"\"/x{one}\":{{\"post\":{{\"operationId\":\"o{one}\",{operation}}}}}"));
        var reading = AssertCheap($$$$$$"""{"openapi":"3.0.3","paths":{{{{{{{paths}}}}}}},"components":{{{{{{{components}}}}}}}}""");

        Assert.NotEmpty(reading.Tools);
        Assert.True(reading.Tools.Length == operations || reading.LeftOut.Length > 0);
        Assert.InRange(reading.Tools.Sum(tool => (long)tool.InputSchema.GetRawText().Length), 1, 7 * 1024 * 1024);
    }

    [Fact]
    public void What_many_paths_use_is_read_once()
    {
        var parameters = string.Join(',', Enumerable.Range(0, 10_000).Select(one => $"{{\"name\":\"p{one}\",\"in\":\"query\"}}"));
        var paths = string.Join(',', Enumerable.Range(0, 4_000).Select(one => $"\"/x{one}\":{{\"$ref\":\"#/components/pathItems/Big\"}}"));
        foreach (var item in (string[])[
            $"\"parameters\":[{parameters}],\"get\":{{}}",
            $"\"get\":{{\"description\":\"{new string('d', 1_000_000)}\"}}",
            $"\"get\":{{\"responses\":{{{string.Join(',', Enumerable.Range(200, 50_000).Select(one => $"\"{one}\":{{}}"))}}}}}",
            $"\"servers\":[{string.Join(',', Enumerable.Repeat("{\"url\":\"http://elsewhere.example/\"}", 20_000))}],\"get\":{{}}"])
        {
            AssertCheap($$$$$$"""{"openapi":"3.1.0","paths":{{{{{{{paths}}}}}}},"components":{"pathItems":{"Big":{{{{{{{item}}}}}}}}}}""");
        }
    }

    [Theory]
    [InlineData(200_000, "{}")]
    [InlineData(100_000, "{\"parameters\":[{\"name\":\"Cookie\",\"in\":\"header\",\"required\":true}]}")]
    public void Operations_without_number_are_counted_and_not_all_read(int operations, string operation)
    {
        var paths = string.Join(',', Enumerable.Range(0, operations).Select(one => $"\"/{one.ToString("x", CultureInfo.InvariantCulture)}\":{{\"get\":{operation}}}"));

        var reading = AssertCheap($$$$$$"""{"openapi":"3.0.3","paths":{{{{{{{paths}}}}}}}}""");

        Assert.InRange(reading.Tools.Length, 0, 10_000);
        Assert.Contains(reading.LeftOut, one => one.Reason.Contains("more", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("description")]
    [InlineData("summary")]
    public void A_description_without_measure_is_not_shown(string member)
    {
        var reading = OpenApiTools.Read(Encoding.UTF8.GetBytes($$$$$$"""{"openapi":"3.0.3","paths":{"/x":{"get":{"{{{{{{member}}}}}}":"{{{{{{new string('d', 20_000)}}}}}}"}}}}"""), Address, new ServiceConfig());

        Assert.Null(Assert.Single(reading.Tools).Description);
    }

    [Fact]
    public void A_path_and_names_without_measure_are_no_tool()
    {
        var path = string.Concat(Enumerable.Repeat("/{a}", 200_000));
        var reading = AssertCheap($$$$$$"""{"openapi":"3.0.3","paths":{"{{{{{{path}}}}}}":{"get":{}},"/x":{"get":{"parameters":[{"name":"{{{{{{new string('n', 100_000)}}}}}}","in":"query"}]}}}}""");

        Assert.Empty(Assert.Single(reading.Tools).Parameters);
        Assert.Equal(2, reading.LeftOut.Length);
    }

    [Fact]
    public void Reading_ends_when_nobody_waits_for_it()
    {
        using var gone = new CancellationTokenSource();
        gone.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => OpenApiTools.Read("""{"openapi":"3.0.3","paths":{"/x":{"get":{}}}}"""u8, Address, new ServiceConfig(), gone.Token));
    }

    [Fact]
    public void Two_operations_share_a_definition_and_each_is_whole()
    {
        var reading = OpenApiTools.Read(
            """
            {"openapi":"3.0.3","paths":{"/a":{"get":{"operationId":"a","parameters":[{"name":"q","in":"query","schema":{"$ref":"#/components/schemas/Node"}}]}},
             "/b":{"get":{"operationId":"b","parameters":[{"name":"q","in":"query","schema":{"type":"array","items":{"$ref":"#/components/schemas/Node"}}},{"name":"o","in":"query","schema":{"$ref":"#/components/parameters/Node/schema"}}]}}},
             "components":{"schemas":{"Node":{"properties":{"next":{"$ref":"#/components/schemas/Node"},"leaf":{"$ref":"#/components/schemas/Leaf"}}},"Leaf":{"type":"string"}},"parameters":{"Node":{"schema":{"type":"integer"}}}}}
            """u8, Address, new ServiceConfig());

        Assert.Equal("""{"type":"object","properties":{"q":{"$ref":"#/$defs/Node"}},"$defs":{"Node":{"properties":{"next":{"$ref":"#/$defs/Node"},"leaf":{"$ref":"#/$defs/Leaf"}}},"Leaf":{"type":"string"}}}""", reading.Tools[0].InputSchema.GetRawText());
        Assert.Equal(["Node", "Leaf"], reading.Tools[0].InputSchema.GetProperty("$defs").EnumerateObject().Select(one => one.Name));
        Assert.Equal("#/$defs/schema", reading.Tools[1].InputSchema.GetProperty("properties").GetProperty("o").GetProperty("$ref").GetString());
        Assert.Equal(["Node", "schema", "Leaf"], reading.Tools[1].InputSchema.GetProperty("$defs").EnumerateObject().Select(one => one.Name));
    }

    // What a quiet machine does in a small part of a second; a busy one may take its time.
    private static OpenApiReading AssertCheap(string document)
    {
        var bytes = Encoding.UTF8.GetBytes(document);
        var (began, before) = (TimeProvider.System.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        var reading = OpenApiTools.Read(bytes, Address, new ServiceConfig());
        var (took, allocated) = (TimeProvider.System.GetElapsedTime(began), GC.GetAllocatedBytesForCurrentThread() - before);

        Assert.InRange(took.TotalSeconds, 0, 20);
        Assert.InRange(allocated, 0, 700_000_000);
        return reading;
    }

    private static string Properties(int count) => "{\"type\":\"object\",\"properties\":{" + string.Join(',', Enumerable.Range(0, count).Select(one => $"\"property_{one}\":{{\"type\":\"string\",\"maxLength\":{one}}}")) + "}}";

    private static string Schemas(string big) => "\"schemas\":{\"Big\":" + big + "}";

    private static string Chain(int length) =>
        "\"schemas\":{" + string.Join(',', Enumerable.Range(0, length).Select(one => $"\"S{one}\":{{\"properties\":{{\"n\":{{\"$ref\":\"#/components/schemas/S{one + 1}\"}}}}}}")) + "}";
}
