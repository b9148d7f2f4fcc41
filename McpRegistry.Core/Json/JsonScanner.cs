using System.Buffers;
using System.Text.Json;

namespace McpRegistry.Core.Json;

/// <summary>
/// Passes over JSON and finds it well formed, without decoding any of it. Utf8JsonReader does the same, but byte by byte
/// from the first escape of a string on: on a text of 64 KB with line breaks that alone costs more than the whole hop.
/// This one jumps from escape to escape.
/// </summary>
/// <param name="json">The whole text; found to be UTF-8 already.</param>
/// <param name="start">Where to begin.</param>
/// <param name="maxDepth">How deep it may be nested.</param>
/// <param name="refusesTwins">True: a name that stands twice in an object of a value that is passed over is a fault, however it is escaped.</param>
public ref struct JsonScanner(ReadOnlySpan<byte> json, int start = 0, int maxDepth = JsonRpcMessage.MaxDepth, bool refusesTwins = false)
{
    private static readonly SearchValues<byte> EndsPlainText = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(code => (byte)code)]);

    private readonly ReadOnlySpan<byte> _json = json;
    private readonly MemberNames? _names = refusesTwins ? MemberNames.Take() : null;
    private int _at = start;
    private int _depth;

    // The kinds of the outer containers of a value that is nested deeper than one word tells, 64 to a word.
    private ulong[]? _outerKinds;

    /// <summary>Steps into the object that stands here.</summary>
    /// <exception cref="JsonException">There is none, or it is nested too deep.</exception>
    public void EnterObject()
    {
        if (Next() != '{') throw Malformed();
        if (++_depth > maxDepth) throw TooDeep();
        _at++;
    }

    /// <summary>Reads the next member's name and stops before its value; false: the object is over, and left.</summary>
    /// <param name="isFirst">True before the first member; then false.</param>
    /// <param name="name">The name without its quotes, as it stands.</param>
    /// <param name="isEscaped">True when the name holds escapes.</param>
    public bool TryReadName(ref bool isFirst, out ByteRange name, out bool isEscaped)
    {
        var next = Next();
        if (next == '}')
        {
            _at++;
            _depth--;
            (name, isEscaped) = (default, false);
            return false;
        }

        if (!isFirst)
        {
            if (next != ',') throw Malformed();
            _at++;
        }

        isFirst = false;
        name = ReadName(out isEscaped);
        return true;
    }

    /// <summary>What kind of value stands here.</summary>
    public JsonTokenType PeekType() => Next() switch
    {
        (byte)'{' => JsonTokenType.StartObject,
        (byte)'[' => JsonTokenType.StartArray,
        (byte)'"' => JsonTokenType.String,
        (byte)'t' => JsonTokenType.True,
        (byte)'f' => JsonTokenType.False,
        (byte)'n' => JsonTokenType.Null,
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => JsonTokenType.Number,
        _ => throw Malformed(),
    };

    /// <summary>Where the scanner stands: after <see cref="PeekType"/> at the value's first byte.</summary>
    public readonly int Position => _at;

    /// <summary>Passes over the value that stands here.</summary>
    /// <exception cref="JsonException">Malformed, too deep, or with a name twice where that is refused.</exception>
    public ByteRange SkipValue()
    {
        Next();
        var start = _at;
        var outer = _depth;
        // One bit for each open container, the innermost lowest: 1 is an object.
        ulong kinds = 0;
        while (true)
        {
            switch (Next())
            {
                case (byte)'{':
                    Open(ref kinds, outer, isObject: true);
                    _names?.Enter();
                    if (Next() == '}') break;
                    PassName();
                    continue;
                case (byte)'[':
                    Open(ref kinds, outer, isObject: false);
                    if (Next() == ']') break;
                    continue;
                default:
                    SkipScalar();
                    break;
            }

            if (LeaveUntilNextValue(ref kinds, outer)) return new ByteRange(start, _at - start);
        }
    }

    /// <summary>Makes sure that nothing but white space follows.</summary>
    public void End()
    {
        SkipWhiteSpace();
        if (_at != _json.Length) throw new JsonException("Something follows the message.");
        _names?.GiveBack();
    }

    // After a value: closes what ends here, and stops before the next value. True: the outermost one is over.
    private bool LeaveUntilNextValue(ref ulong kinds, int outer)
    {
        while (true)
        {
            if (_depth == outer) return true;
            var isObject = (kinds & 1) != 0;
            switch (Next())
            {
                case (byte)'}' when isObject:
                case (byte)']' when !isObject:
                    if (isObject) _names?.Leave();
                    _at++;
                    _depth--;
                    kinds >>= 1;
                    var level = _depth - outer;
                    if (level >= WordLevels && level % WordLevels == 0) kinds = _outerKinds![(level / WordLevels) - 1];
                    continue;
                case (byte)',':
                    _at++;
                    if (isObject) PassName();
                    return false;
                default:
                    // Opened and not closed by its own kind, or an empty container that SkipValue stopped at.
                    throw Malformed();
            }
        }
    }

    private void Open(ref ulong kinds, int outer, bool isObject)
    {
        if (++_depth > maxDepth) throw TooDeep();
        var level = _depth - outer;
        if (level > WordLevels && level % WordLevels == 1) (_outerKinds ??= new ulong[(maxDepth / WordLevels) + 1])[(level / WordLevels) - 1] = kinds;
        kinds = (kinds << 1) | (isObject ? 1UL : 0UL);
        _at++;
    }

    private void PassName()
    {
        var name = ReadName(out var isEscaped);
        _names?.Add(_json, name, isEscaped);
    }

    private ByteRange ReadName(out bool isEscaped)
    {
        if (Next() != '"') throw Malformed();
        var start = _at + 1;
        isEscaped = SkipString();
        var name = new ByteRange(start, _at - 1 - start);
        if (Next() != ':') throw Malformed();
        _at++;
        return name;
    }

    private void SkipScalar()
    {
        switch (PeekType())
        {
            case JsonTokenType.String:
                SkipString();
                break;
            case JsonTokenType.Number:
                SkipNumber();
                break;
            case JsonTokenType.True:
                SkipLiteral("true"u8);
                break;
            case JsonTokenType.False:
                SkipLiteral("false"u8);
                break;
            default:
                SkipLiteral("null"u8);
                break;
        }
    }

    private bool SkipString()
    {
        _at++;
        var isEscaped = false;
        while (true)
        {
            var plain = _json[_at..].IndexOfAny(EndsPlainText);
            if (plain < 0) throw Malformed();
            _at += plain + 1;
            switch (_json[_at - 1])
            {
                case (byte)'"':
                    return isEscaped;
                case (byte)'\\':
                    isEscaped = true;
                    SkipEscape();
                    break;
                default:
                    throw Malformed();
            }
        }
    }

    private void SkipEscape()
    {
        if (_at >= _json.Length) throw Malformed();
        switch (_json[_at++])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return;
            case (byte)'u' when _json.Length - _at >= 4:
                foreach (var digit in _json.Slice(_at, 4))
                    if (!char.IsAsciiHexDigit((char)digit)) throw Malformed();
                _at += 4;
                return;
            default:
                throw Malformed();
        }
    }

    private void SkipNumber()
    {
        if (_json[_at] == '-') _at++;
        if (_at < _json.Length && _json[_at] == '0') _at++;
        else SkipDigits();
        if (_at < _json.Length && _json[_at] == '.')
        {
            _at++;
            SkipDigits();
        }

        if (_at >= _json.Length || (_json[_at] | 0x20) != 'e') return;
        _at++;
        if (_at < _json.Length && _json[_at] is (byte)'+' or (byte)'-') _at++;
        SkipDigits();
    }

    private void SkipDigits()
    {
        var start = _at;
        while (_at < _json.Length && char.IsAsciiDigit((char)_json[_at])) _at++;
        if (_at == start) throw Malformed();
    }

    private void SkipLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_json[_at..].StartsWith(literal)) throw Malformed();
        _at += literal.Length;
    }

    // The next byte that is no white space, which the scanner then stands at.
    // Machines write none between the parts, so one comparison passes over it.
    private byte Next() => (uint)_at < (uint)_json.Length && _json[_at] > (byte)' ' ? _json[_at] : NextAfterWhiteSpace();

    private byte NextAfterWhiteSpace()
    {
        SkipWhiteSpace();
        return _at < _json.Length ? _json[_at] : throw Malformed();
    }

    private void SkipWhiteSpace()
    {
        while (_at < _json.Length && _json[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') _at++;
    }

    private const int WordLevels = 64;

    private static MalformedJsonException Malformed() => new("This is not JSON.");

    private static MalformedJsonException TooDeep() => new("The JSON is nested too deep.");
}
