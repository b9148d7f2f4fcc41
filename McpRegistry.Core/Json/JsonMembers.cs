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

    /// <summary>Reads the object the scanner stands at, and leaves it.</summary>
    /// <param name="scanner">The scanner over <paramref name="buffer"/>.</param>
    /// <param name="buffer">What the places of the members refer to.</param>
    /// <exception cref="JsonException">Malformed JSON, or a name twice: whoever reads it next might take the other value.</exception>
    public static JsonMembers Read(ref JsonScanner scanner, ReadOnlySpan<byte> buffer)
    {
        var members = new JsonMembers();
        scanner.EnterObject();
        var isFirst = true;
        while (scanner.TryReadName(ref isFirst, out var name, out var isEscaped))
        {
            members.RefuseDuplicate(name, isEscaped, buffer);
            var type = scanner.PeekType();
            members.Add(new Member(name, scanner.SkipValue(), isEscaped, type));
        }
        return members;
    }

    /// <summary>Reads the object that stands at <paramref name="range"/>; the places are those of the whole buffer.</summary>
    public static JsonMembers ReadNested(ReadOnlySpan<byte> buffer, ByteRange range)
    {
        // It was walked over once, by whatever bound held there.
        var scanner = new JsonScanner(buffer[..(range.Start + range.Length)], range.Start, JsonRpcMessage.MaxUpstreamDepth);
        return Read(ref scanner, buffer);
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

    /// <summary>The text of a name that stands in the buffer, unescaped.</summary>
    internal static ReadOnlySpan<byte> Text(ByteRange name, bool isEscaped, ReadOnlySpan<byte> buffer) => isEscaped ? Unescape(name.Of(buffer)) : name.Of(buffer);

    private void RefuseDuplicate(ByteRange name, bool isEscaped, ReadOnlySpan<byte> buffer)
    {
        if (Count > MaxMembers) throw new JsonException("Too many members.");
        var text = Text(name, isEscaped, buffer);
        for (var i = 0; i < Count; i++)
            if (IsNamed(i, buffer, text)) throw new JsonException("A name stands twice in one object.");
    }

    private void Add(Member member)
    {
        if (Count == _members.Length) Array.Resize(ref _members, Count * 2);
        _members[Count++] = member;
    }

    // "io.modelcontextprotocol\/protocolVersion" is what PHP writes; rare enough to allocate for. A name that escapes half a
    // character is none that anybody asks for, and no reason to refuse the message.
    private static byte[] Unescape(ReadOnlySpan<byte> escaped) =>
        Encoding.UTF8.GetBytes(JsonText.Decode(JsonUnicode.Mend([(byte)'"', .. escaped, (byte)'"'])));

    // Envelope, params and _meta have a handful; the bound keeps the comparison of names linear in practice.
    private const int MaxMembers = 128;
}
