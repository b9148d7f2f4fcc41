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

    // Fewer are compared one by one; more at once.
    private const int Few = 8;

    // Of each name something of its length, beginning and end; before those of an object a mark that says where those of the outer one begin.
    private ulong[] _keys = new ulong[64];
    private Place[] _places = new Place[64];

    // What rare names need, and most messages never do: the texts of those with escapes, and the names of large objects.
    private readonly List<byte[]> _texts = [];
    private readonly Stack<HashSet<string>?> _outerMany = [];
    private HashSet<string>? _many;
    private int _count;
    private int _first;

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
        if (_count != 0 || _keys.Length > MostKept) return;
        if (_texts.Count > 0) _texts.Clear();
        _spare = this;
    }

    /// <summary>An object begins.</summary>
    public void Enter()
    {
        Push((ulong)_first, new Place(0, _many is null ? 0 : 1));
        _first = _count;
        if (_many is null) return;
        _outerMany.Push(_many);
        _many = null;
    }

    /// <summary>The innermost object ends.</summary>
    public void Leave()
    {
        _count = _first - 1;
        _first = (int)_keys[_count];
        _many = _places[_count].Length == 0 ? null : _outerMany.Pop();
    }

    /// <summary>A member of the innermost object.</summary>
    /// <param name="json">The whole text.</param>
    /// <param name="name">Where the name stands in it, without its quotes.</param>
    /// <param name="isEscaped">True when the name holds escapes: <c>p\u0061th</c> is the same name as <c>path</c>.</param>
    /// <exception cref="JsonException">The object has this name already.</exception>
    public void Add(ReadOnlySpan<byte> json, ByteRange name, bool isEscaped)
    {
        var text = isEscaped ? JsonMembers.Text(name, isEscaped, json) : json.Slice(name.Start, name.Length);
        if (_many is not null)
        {
            AddToMany(text);
            return;
        }

        var key = KeyOf(text);
        for (var at = Find(key, _first); at >= 0; at = Find(key, at + 1))
            if (TextOf(json, _places[at]).SequenceEqual(text)) throw Twice();

        if (_count - _first == MostCompared) BeginMany(json, text);
        else if (!isEscaped) Push(key, new Place(name.Start, name.Length));
        else
        {
            _texts.Add(text.ToArray());
            Push(key, new Place(-_texts.Count, 0));
        }
    }

    private int Find(ulong key, int from)
    {
        if (_count - from > Few) return _keys.AsSpan(from, _count - from).IndexOf(key) is var at and >= 0 ? from + at : -1;
        var keys = _keys;
        for (var i = from; i < _count; i++)
            if (keys[i] == key) return i;
        return -1;
    }

    private void BeginMany(ReadOnlySpan<byte> json, ReadOnlySpan<byte> text)
    {
        _many = new HashSet<string>(2 * MostCompared, StringComparer.Ordinal);
        for (var i = _first; i < _count; i++) AddToMany(TextOf(json, _places[i]));
        AddToMany(text);
    }

    private void AddToMany(ReadOnlySpan<byte> text)
    {
        if (!_many!.Add(Encoding.UTF8.GetString(text))) throw Twice();
    }

    private void Push(ulong key, Place place)
    {
        if (_count == _keys.Length)
        {
            Array.Resize(ref _keys, 2 * _count);
            Array.Resize(ref _places, 2 * _count);
        }

        _keys[_count] = key;
        _places[_count++] = place;
    }

    private ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> json, Place place) => place.Start < 0 ? _texts[-place.Start - 1] : json.Slice(place.Start, place.Length);

    private static ulong KeyOf(ReadOnlySpan<byte> text)
    {
        var length = (ulong)text.Length << 56;
        if (text.Length >= 8) return BinaryPrimitives.ReadUInt64LittleEndian(text) ^ BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]), 19) ^ length;
        if (text.Length >= 4) return BinaryPrimitives.ReadUInt32LittleEndian(text) ^ ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]) << 24) ^ length;
        foreach (var one in text) length = (length << 8) ^ (length >> 56) ^ one;
        return length;
    }

    private static JsonException Twice() => new("A name stands twice in one object.");

    // Of a name with escapes: which of the texts, counted from -1 downwards. Of a mark: whether the outer object is a large one.
    private readonly record struct Place(int Start, int Length);
}
