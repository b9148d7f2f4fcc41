using System.Text;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Tests.Json;

public sealed class RequestParamsTests
{
    private static readonly HopMeta Legacy = new(ProtocolEra.Legacy, "2025-11-25");
    private static readonly HopMeta Modern = new(ProtocolEra.Modern, "2026-07-28");

    [Fact]
    public void Only_the_name_changes_and_every_other_byte_goes_on_as_it_came()
    {
        var parameters = Parse("""{"name":"svc__echo","arguments":{"x": 1e2,"é":"\u00e9"}, "unknown" : [ 1 ]}""").WithName("\"echo\""u8.ToArray());

        Assert.Equal("""{"name":"echo","arguments":{"x": 1e2,"é":"\u00e9"},"unknown":[ 1 ]}""", Write(parameters, Legacy));
    }

    [Fact]
    public void A_legacy_instance_sees_nothing_of_the_modern_era()
    {
        var parameters = Parse("""{"name":"a","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol\/clientInfo":{},"mine":1,"progressToken":"t"}}""");

        Assert.Equal("""{"name":"a","_meta":{"mine":1}}""", Write(parameters, Legacy));
    }

    [Fact]
    public void Meta_that_would_be_empty_is_left_out() =>
        Assert.Equal("""{"name":"a"}""", Write(Parse("""{"name":"a","_meta":{"progressToken":1}}"""), Legacy));

    [Fact]
    public void A_modern_instance_gets_what_its_era_requires_from_a_legacy_client()
    {
        var parameters = Parse("""{"name":"a"}""").WithClient("""{"name":"c","version":"1"}"""u8.ToArray(), "info");

        Assert.Equal(
            """{"name":"a","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"},"io.modelcontextprotocol/logLevel":"info"}}""",
            Write(parameters, Modern));
    }

    [Fact]
    public void A_modern_clients_own_metadata_reaches_a_modern_instance()
    {
        var parameters = Parse("""{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-01","io.modelcontextprotocol/clientCapabilities":{"sampling":{}},"io.modelcontextprotocol/clientInfo":{"name":"c"},"x":true}}""");

        Assert.Equal(
            """{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"sampling":{}},"io.modelcontextprotocol/clientInfo":{"name":"c"},"x":true,"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}""",
            Write(parameters, Modern));
    }

    [Fact]
    public void The_progress_token_is_ours_and_the_trace_is_ours_when_there_is_one()
    {
        var parameters = Parse("""{"_meta":{"progressToken":"client","traceparent":"00-theirs","tracestate":"s"}}""");

        Assert.Equal("""{"_meta":{"traceparent":"00-theirs","tracestate":"s","progressToken":12}}""", Write(parameters, Legacy with { ProgressToken = 12 }));
        Assert.Equal("""{"_meta":{"traceparent":"00-ours"}}""", Write(parameters, Legacy with { TraceParent = "00-ours" }));
    }

    [Fact]
    public void Arguments_alone_become_params()
    {
        using var body = new PooledBytes(16);
        body.Write("""{"tool":"t","args":{"a":1}}"""u8);

        Assert.Equal("""{"name":"t","arguments":{"a":1}}""", Write(RequestParams.ForToolCall(body, new ByteRange(8, 3), new ByteRange(19, 7)), Legacy));
    }

    private static RequestParams Parse(string json) => RequestParams.Parse(Encoding.UTF8.GetBytes(json));

    private static string Write(RequestParams parameters, HopMeta hop)
    {
        using var output = new PooledBytes(16);
        parameters.WriteTo(output, hop);
        return Encoding.UTF8.GetString(output.Span);
    }
}
