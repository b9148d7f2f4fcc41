using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>
/// The names of the members of all objects that a scanner is in, to find one that stands twice in its object: whoever reads that might
/// take the one value or the other. A thread keeps one and uses it again, so that a message costs no memory.
/// </summary>
internal sealed class MemberNames
{
    // Objects have a handful. Where there are more, somebody may have chosen the names so that comparing them takes long.
    private const int MostCompared = 128;

    private const int MostKept = 4096;

    [ThreadStatic]
    private static MemberNames? _spare;

    // Of each name something of its length, beginning and end; before those of an object a mark that says where those of the outer one begin.
    private ulong[] _keys = new ulong[64];
    private Place[] _places = new Place[64];
    private HashSet<string>? _many;
    private int _count;
    private int _first;
    private bool _holdsMemory;

    /// <summary>Takes the one of this thread, or makes one.</summary>
    public static MemberNames Take()
    {
        var taken = _spare ?? new MemberNames();
        _spare = null;
        return taken;
    }

    /// <summary>Gives it back when all objects have been left. One that is not given back is forgotten.</summary>
    public void GiveBack()
    {
        if (_count == 0 && !_holdsMemory && _keys.Length <= MostKept) _spare = this;
    }

    /// <summary>An object begins.</summary>
    public void Enter()
    {
        Push((ulong)_first, new Place(0, 0, _many));
        (_first, _many) = (_count, null);
    }

    /// <summary>The innermost object ends.</summary>
    public void Leave()
    {
        _count = _first - 1;
        (_first, _many) = ((int)_keys[_count], (HashSet<string>?)_places[_count].Memory);
    }

    /// <summary>A member of the innermost object.</summary>
    /// <param name="json">The whole text.</param>
    /// <param name="name">Where the name stands in it, without its quotes.</param>
    /// <param name="isEscaped">True when the name holds escapes: <c>p\u0061th</c> is the same name as <c>path</c>.</param>
    /// <exception cref="JsonException">The object has this name already.</exception>
    public void Add(ReadOnlySpan<byte> json, ByteRange name, bool isEscaped)
    {
        var text = JsonMembers.Text(name, isEscaped, json);
        if (_many is not null)
        {
            if (!_many.Add(Encoding.UTF8.GetString(text))) throw Twice();
            return;
        }

        var key = KeyOf(text);
        for (var at = _first; ; at++)
        {
            var next = _keys.AsSpan(at, _count - at).IndexOf(key);
            if (next < 0) break;
            at += next;
            if (TextOf(json, _places[at]).SequenceEqual(text)) throw Twice();
        }

        if (_count - _first == MostCompared) AddToMany(json, text);
        else Push(key, isEscaped ? new Place(0, 0, text.ToArray()) : new Place(name.Start, name.Length, null));
    }

    private void AddToMany(ReadOnlySpan<byte> json, ReadOnlySpan<byte> text)
    {
        _holdsMemory = true;
        _many = new HashSet<string>(2 * MostCompared, StringComparer.Ordinal);
        for (var i = _first; i < _count; i++) _many.Add(Encoding.UTF8.GetString(TextOf(json, _places[i])));
        _many.Add(Encoding.UTF8.GetString(text));
    }

    private void Push(ulong key, Place place)
    {
        if (_count == _keys.Length)
        {
            Array.Resize(ref _keys, 2 * _count);
            Array.Resize(ref _places, 2 * _count);
        }

        _holdsMemory |= place.Memory is not null;
        _keys[_count] = key;
        _places[_count++] = place;
    }

    private static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> json, in Place place) =>
        place.Memory is byte[] text ? text : json.Slice(place.Start, place.Length);

    private static ulong KeyOf(ReadOnlySpan<byte> text)
    {
        var length = (ulong)text.Length << 56;
        if (text.Length >= 8) return BinaryPrimitives.ReadUInt64LittleEndian(text) ^ BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]), 19) ^ length;
        if (text.Length >= 4) return BinaryPrimitives.ReadUInt32LittleEndian(text) ^ ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]) << 24) ^ length;
        foreach (var one in text) length = (length << 8) ^ (length >> 56) ^ one;
        return length;
    }

    private static JsonException Twice() => new("A name stands twice in one object.");

    // Of a mark: the set of the outer object; of a name with escapes: its text.
    private readonly record struct Place(int Start, int Length, object? Memory);
}
