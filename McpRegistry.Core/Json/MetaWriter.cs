using System.Buffers.Text;

using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Json;

/// <summary>Writes <c>_meta</c> for one hop: the client's own keys stay, the hop's keys are replaced, nothing is written when none are left.</summary>
internal readonly ref struct MetaWriter(PooledBytes output, HopMeta hop, RequestParams client)
{
    private readonly HopMeta _hop = hop;

    public void Write(JsonMembers? meta, ReadOnlySpan<byte> buffer, ref bool firstOfParams)
    {
        var rollback = output.Length;
        output.Write(firstOfParams ? "\"_meta\":{"u8 : ",\"_meta\":{"u8);
        var first = true;
        var modern = _hop.Era == ProtocolEra.Modern;
        var keptInfo = false;
        var keptCapabilities = false;
        var keptLevel = false;
        for (var i = 0; meta is not null && i < meta.Count; i++)
        {
            if (meta.IsNamed(i, buffer, MetaKeys.ProgressToken) || meta.IsNamed(i, buffer, MetaKeys.ProtocolVersion)) continue;
            if (_hop.TraceParent is not null && (meta.IsNamed(i, buffer, MetaKeys.TraceParent) || meta.IsNamed(i, buffer, MetaKeys.TraceState))) continue;
            if (!modern && meta.StartsWith(i, buffer, MetaKeys.Prefix)) continue;
            keptInfo |= meta.IsNamed(i, buffer, MetaKeys.ClientInfo);
            keptCapabilities |= meta.IsNamed(i, buffer, MetaKeys.ClientCapabilities);
            keptLevel |= meta.IsNamed(i, buffer, MetaKeys.LogLevel);
            RequestParams.WriteMember(output, meta, i, buffer, ref first);
        }

        if (modern)
        {
            Text(MetaKeys.ProtocolVersion, _hop.ProtocolVersion, ref first);
            if (!keptCapabilities) Raw(MetaKeys.ClientCapabilities, "{}"u8, ref first);
            if (!keptInfo) Raw(MetaKeys.ClientInfo, client.ClientInfo.IsEmpty ? MetaKeys.OwnInfo : client.ClientInfo.Span, ref first);
            if (!keptLevel && client.LogLevel is not null) Text(MetaKeys.LogLevel, client.LogLevel, ref first);
        }

        if (_hop.ProgressToken is { } token)
        {
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(token, digits, out var length);
            Raw(MetaKeys.ProgressToken, digits[..length], ref first);
        }

        if (_hop.TraceParent is not null) Text(MetaKeys.TraceParent, _hop.TraceParent, ref first);
        if (!string.IsNullOrEmpty(_hop.TraceState)) Text(MetaKeys.TraceState, _hop.TraceState, ref first);

        if (first)
        {
            output.Truncate(rollback);
            return;
        }

        output.Write("}"u8);
        firstOfParams = false;
    }

    private void Text(ReadOnlySpan<byte> key, string value, ref bool first) => Raw(key, JsonText.Encode(value), ref first);

    private void Raw(ReadOnlySpan<byte> key, ReadOnlySpan<byte> json, ref bool first)
    {
        output.Write(first ? "\""u8 : ",\""u8);
        first = false;
        output.Write(key);
        output.Write("\":"u8);
        output.Write(json);
    }
}
