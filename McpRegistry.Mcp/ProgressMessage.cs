using System.Globalization;

using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>Puts the client's progress token in the place of ours.</summary>
internal static class ProgressMessage
{
    /// <summary>How far the work is. Null: the message does not say.</summary>
    public static double? ValueOf(RequestParams parameters) =>
        double.TryParse(parameters.Member("progress"u8).Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Writes the message; everything but the token stays as it came.</summary>
    public static PooledBytes WithToken(RequestParams parameters, ReadOnlySpan<byte> token)
    {
        var (members, memory) = parameters.Raw;
        var buffer = memory.Span;
        var output = new PooledBytes(256);
        output.Write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"u8);
        output.Write(token);
        for (var i = 0; i < members.Count; i++)
        {
            if (members.IsNamed(i, buffer, MetaKeys.ProgressToken)) continue;
            output.Write(",\""u8);
            output.Write(members[i].Name.Of(buffer));
            output.Write("\":"u8);
            output.Write(members[i].Value.Of(buffer));
        }
        output.Write("}}"u8);
        return output;
    }
}
