using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>
/// The <c>params</c> of a request: the client's bytes, and how they are written upstream. Only the name and the hop's own
/// keys of <c>_meta</c> change; every other member, known to us or not, goes on as it came.
/// </summary>
public sealed class RequestParams
{
    private readonly ReadOnlyMemory<byte> _buffer;
    private readonly JsonMembers _members;
    private readonly JsonMembers? _meta;
    private readonly ReadOnlyMemory<byte> _name;

    private RequestParams(ReadOnlyMemory<byte> buffer, JsonMembers members, JsonMembers? meta, ReadOnlyMemory<byte> name = default)
    {
        _buffer = buffer;
        _members = members;
        _meta = meta;
        _name = name;
    }

    /// <summary>No params at all.</summary>
    public static RequestParams Empty { get; } = new(default, new JsonMembers(), null);

    /// <summary>The client's <c>clientInfo</c> (JSON), for a modern instance when the request itself does not carry it.</summary>
    public ReadOnlyMemory<byte> ClientInfo { get; init; }

    /// <summary>The log level the client's session asked for, for a modern instance when the request itself does not carry it.</summary>
    public string? LogLevel { get; init; }

    /// <summary>Reads the object the scanner stands at.</summary>
    /// <exception cref="JsonException">It is malformed, or names something twice.</exception>
    public static RequestParams Read(ref JsonScanner scanner, ReadOnlyMemory<byte> buffer)
    {
        var span = buffer.Span;
        var members = JsonMembers.Read(ref scanner, span);
        var meta = members.Find(span, "_meta"u8, out var type);
        if (meta.IsEmpty) return new RequestParams(buffer, members, null);
        // What clients send whose language writes absent members, or empty objects, so.
        if (type == JsonTokenType.Null || meta.Of(span).SequenceEqual("[]"u8)) return new RequestParams(buffer, members, null);
        if (type != JsonTokenType.StartObject) throw new JsonException("_meta must be an object.");
        // A second walk over _meta alone, a few dozen bytes.
        return new RequestParams(buffer, members, JsonMembers.ReadNested(span, meta));
    }

    /// <summary>Takes a JSON object of our own making as params.</summary>
    public static RequestParams Parse(ReadOnlyMemory<byte> json)
    {
        var scanner = new JsonScanner(json.Span);
        return Read(ref scanner, json);
    }

    /// <summary>The params of a <c>tools/call</c> whose arguments stand somewhere in <paramref name="body"/>: nothing is read or copied again.</summary>
    /// <param name="body">Must live as long as the params. Something is appended to it.</param>
    /// <param name="name">Where the tool's original name stands in it, as JSON string with its quotes.</param>
    /// <param name="arguments">Where the arguments object stands in it; empty: none.</param>
    public static RequestParams ForToolCall(PooledBytes body, ByteRange name, ByteRange arguments)
    {
        if (arguments.IsEmpty) return new RequestParams(default, Empty._members, null, name.Of(body.Memory));
        // A member needs its name in the same buffer; REST calls it "args". Appending may move the buffer, so slices come after.
        var member = new ByteRange(body.Length, "arguments"u8.Length);
        body.Write("arguments"u8);
        return new RequestParams(body.Memory, JsonMembers.Of(member, arguments, JsonTokenType.StartObject), null, name.Of(body.Memory));
    }

    /// <summary>The same params under another name (a JSON string, quotes included).</summary>
    public RequestParams WithName(ReadOnlyMemory<byte> name) => new(_buffer, _members, _meta, name) { ClientInfo = ClientInfo, LogLevel = LogLevel };

    /// <summary>The same params with what the client's session knows.</summary>
    public RequestParams WithClient(ReadOnlyMemory<byte> clientInfo, string? logLevel) =>
        new(_buffer, _members, _meta, _name) { ClientInfo = clientInfo, LogLevel = logLevel };

    /// <summary>The raw value of a member; empty when it is not there.</summary>
    public ReadOnlyMemory<byte> Member(ReadOnlySpan<byte> name, out JsonTokenType type) => _members.Find(_buffer.Span, name, out type).Of(_buffer);

    /// <summary>The raw value of a member; empty when it is not there.</summary>
    public ReadOnlyMemory<byte> Member(ReadOnlySpan<byte> name) => Member(name, out _);

    /// <summary>The raw value of a key of <c>_meta</c>; empty when it is not there.</summary>
    public ReadOnlyMemory<byte> MetaMember(ReadOnlySpan<byte> name) => _meta is null ? default : _meta.Find(_buffer.Span, name, out _).Of(_buffer);

    /// <summary>A member that is a string, or null.</summary>
    public string? String(ReadOnlySpan<byte> name)
    {
        var value = Member(name, out var type);
        return type == JsonTokenType.String ? JsonText.Decode(value.Span) : null;
    }

    /// <summary>A key of <c>_meta</c> that is a string, or null.</summary>
    public string? MetaString(ReadOnlySpan<byte> name)
    {
        var value = MetaMember(name);
        return value.Length > 1 && value.Span[0] == (byte)'"' ? JsonText.Decode(value.Span) : null;
    }

    /// <summary>The members as they came, for whoever must look at all of them.</summary>
    public (JsonMembers Members, ReadOnlyMemory<byte> Buffer) Raw => (_members, _buffer);

    /// <summary>Writes the params object for a hop.</summary>
    public void WriteTo(PooledBytes output, in HopMeta hop)
    {
        var buffer = _buffer.Span;
        output.Write("{"u8);
        var first = true;
        if (!_name.IsEmpty)
        {
            output.Write("\"name\":"u8);
            output.Write(_name.Span);
            first = false;
        }

        for (var i = 0; i < _members.Count; i++)
        {
            if (_members.IsNamed(i, buffer, "_meta"u8) || (!_name.IsEmpty && _members.IsNamed(i, buffer, "name"u8))) continue;
            WriteMember(output, _members, i, buffer, ref first);
        }

        new MetaWriter(output, hop, this).Write(_meta, buffer, ref first);
        output.Write("}"u8);
    }

    internal static void WriteMember(PooledBytes output, JsonMembers members, int index, ReadOnlySpan<byte> buffer, ref bool first)
    {
        ref readonly var member = ref members[index];
        output.Write(first ? "\""u8 : ",\""u8);
        first = false;
        output.Write(member.Name.Of(buffer));
        output.Write("\":"u8);
        output.Write(member.Value.Of(buffer));
    }
}
