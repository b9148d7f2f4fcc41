using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Mcp.OwnTools;

/// <summary><c>call_tool</c>: the same call as by the tool's exposed name; arguments and result pass as bytes.</summary>
internal sealed class CallToolTool(CallForwarder forwarder) : IOwnTool
{
    public string Name => OwnToolDefinitions.CallTool;

    public Task CallAsync(McpExchange exchange)
    {
        var arguments = OwnToolArguments.Of(exchange);
        var tool = ToolLookup.Find(exchange.Scope.Snapshot, arguments.Text("service"u8), arguments.Text("tool"u8), out var problem);
        return tool is null
            ? exchange.AnswerOwnAsync(ToolResult.Failed(problem))
            : forwarder.CallToolAsync(exchange, tool, ParamsOf(exchange.Params, arguments), isDirect: false);
    }

    // Everything beside name and arguments belongs to the call itself (_meta, answers to an input request) and stays.
    private static RequestParams ParamsOf(RequestParams original, OwnToolArguments arguments)
    {
        using var output = new PooledBytes(512);
        output.Write("{\"arguments\":"u8);
        var given = arguments.Members.Find(arguments.Buffer, "arguments"u8, out var type);
        if (type == JsonTokenType.StartObject) output.Write(given.Of(arguments.Buffer));
        else WriteBeside(output, arguments);

        var (members, memory) = original.Raw;
        for (var i = 0; i < members.Count; i++)
        {
            if (members.IsNamed(i, memory.Span, "name"u8) || members.IsNamed(i, memory.Span, "arguments"u8)) continue;
            output.Write(","u8);
            WriteMember(output, members[i], memory.Span);
        }
        output.Write("}"u8);
        return RequestParams.Parse(output.Span.ToArray());
    }

    private static void WriteBeside(PooledBytes output, OwnToolArguments arguments)
    {
        output.Write("{"u8);
        var isFirst = true;
        for (var i = 0; i < arguments.Members.Count; i++)
        {
            if (arguments.Members.IsNamed(i, arguments.Buffer, "service"u8) || arguments.Members.IsNamed(i, arguments.Buffer, "tool"u8)) continue;
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            WriteMember(output, arguments.Members[i], arguments.Buffer);
        }
        output.Write("}"u8);
    }

    private static void WriteMember(PooledBytes output, JsonMembers.Member member, ReadOnlySpan<byte> buffer)
    {
        output.Write("\""u8);
        output.Write(member.Name.Of(buffer));
        output.Write("\":"u8);
        output.Write(member.Value.Of(buffer));
    }
}
