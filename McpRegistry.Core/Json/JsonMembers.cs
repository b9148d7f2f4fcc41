using System.Text;
using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>The members of one JSON object, as places in the buffer they were read from.</summary>
public sealed class JsonMembers
{
    private Member[] _members = new Member[6];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The member at a place.</summary>
    public ref readonly Member this[int index] => ref _members[index];

    /// <summary>One member: its name without the quotes, still escaped, and its value.</summary>
    public readonly record struct Member(ByteRange Name, ByteRange Value, bool NameIsEscaped, JsonTokenType ValueType);

    /// <summary>An object with one member, whose name (unescaped, without quotes) and value stand somewhere in a buffer.</summary>
    public static JsonMembers Of(ByteRange name, ByteRange value, JsonTokenType valueType) =>
        new() { _members = [new Member(name, value, false, valueType)], Count = 1 };

    /// <summary>Reads the object the reader stands on (at its opening brace) and leaves the reader on its closing brace.</summary>
    /// <exception cref="JsonException">Malformed JSON, or a name twice: whoever reads it next might take the other value.</exception>
    public static JsonMembers Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> buffer)
    {
        var members = new JsonMembers();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = new ByteRange((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            var escaped = reader.ValueIsEscaped;
            members.RefuseDuplicate(ref reader, buffer);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var type = reader.TokenType;
            reader.Skip();
            members.Add(new Member(name, new ByteRange(start, (int)reader.BytesConsumed - start), escaped, type));
        }
        return members;
    }

    /// <summary>Reads the object that stands at <paramref name="range"/>; the places are those of the whole buffer.</summary>
    public static JsonMembers ReadNested(ReadOnlySpan<byte> buffer, ByteRange range)
    {
        var reader = new Utf8JsonReader(range.Of(buffer));
        reader.Read();
        var members = Read(ref reader, range.Of(buffer));
        for (var i = 0; i < members.Count; i++)
        {
            ref var member = ref members._members[i];
            member = member with
            {
                Name = member.Name with { Start = member.Name.Start + range.Start },
                Value = member.Value with { Start = member.Value.Start + range.Start },
            };
        }
        return members;
    }

    /// <summary>The value of the member of this name, or an empty range.</summary>
    public ByteRange Find(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> name, out JsonTokenType type)
    {
        for (var i = 0; i < Count; i++)
        {
            if (!IsNamed(i, buffer, name)) continue;
            type = _members[i].ValueType;
            return _members[i].Value;
        }
        type = JsonTokenType.None;
        return default;
    }

    /// <summary>True when the member at <paramref name="index"/> has this name.</summary>
    public bool IsNamed(int index, ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> name)
    {
        ref readonly var member = ref _members[index];
        return member.NameIsEscaped
            ? Unescape(member.Name.Of(buffer)).AsSpan().SequenceEqual(name)
            : member.Name.Of(buffer).SequenceEqual(name);
    }

    /// <summary>True when the name of the member at <paramref name="index"/> starts so.</summary>
    public bool StartsWith(int index, ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> prefix)
    {
        ref readonly var member = ref _members[index];
        return member.NameIsEscaped
            ? Unescape(member.Name.Of(buffer)).AsSpan().StartsWith(prefix)
            : member.Name.Of(buffer).StartsWith(prefix);
    }

    private void RefuseDuplicate(ref Utf8JsonReader reader, ReadOnlySpan<byte> buffer)
    {
        if (Count > MaxMembers) throw new JsonException("Too many members.");
        for (var i = 0; i < Count; i++)
        {
            ref readonly var earlier = ref _members[i];
            var same = earlier.NameIsEscaped
                ? reader.ValueTextEquals(Unescape(earlier.Name.Of(buffer)))
                : reader.ValueTextEquals(earlier.Name.Of(buffer));
            if (same) throw new JsonException("A name stands twice in one object.");
        }
    }

    private void Add(Member member)
    {
        if (Count == _members.Length) Array.Resize(ref _members, Count * 2);
        _members[Count++] = member;
    }

    // "io.modelcontextprotocol\/protocolVersion" is what PHP writes; rare enough to allocate for.
    private static byte[] Unescape(ReadOnlySpan<byte> escaped) =>
        Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>((ReadOnlySpan<byte>)[(byte)'"', .. escaped, (byte)'"'])!);

    // Envelope, params and _meta have a handful; the bound keeps the comparison of names linear in practice.
    private const int MaxMembers = 128;
}
