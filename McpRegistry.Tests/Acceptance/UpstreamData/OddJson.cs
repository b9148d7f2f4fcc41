using System.Globalization;
using System.Text;

namespace McpRegistry.Tests.Acceptance.UpstreamData;

/// <summary>Writes JSON as broken servers do: mostly well formed, its text, types, names, depth and size mostly not as they should be.</summary>
/// <param name="random">Everything that is chosen.</param>
internal sealed class OddJson(Random random)
{
    private const int MaxNest = 4;

    private static readonly string[] Texts =
        ["", "a", "find files", "größer", "😀", "\u202eevil", "\ufeffbom", "../../etc", "https://example.com/a b", "2025-01-12T15:00:58Z", "object", "user", "dark", "required", "(?P<x>y)", "#/$defs/a", "io.modelcontextprotocol/x"];

    private static readonly string[] Escapes =
        [@"\ud83d", @"\ude00", @"\ud83d\ude00", @"\ud83d\ud83d", @"\u0000", @"\u0007", @"\n", @"\\", @"\""", @"\/", @"\ufffe", @"\u2028", @"\uDFFF\\ud800", @"\t"];

    private static readonly string[] Scalars =
        ["null", "null", "true", "false", "0", "-0", "1", "-1", "1.5", "1e999", "-1e999", "1e-999", "12345678901234567890123456789", "9223372036854775808", "0.1e1", "7"];

    private static readonly string[] KeywordNames =
        ["type", "properties", "required", "items", "anyOf", "oneOf", "allOf", "not", "enum", "const", "$ref", "$defs", "definitions", "$schema", "$id", "id", "pattern", "format", "minimum", "exclusiveMinimum", "nullable", "additionalProperties", "description", "default", "x-mcp-header", "patternProperties"];

    private static readonly string[] TypeNames = ["\"object\"", "\"object\"", "\"string\"", "\"array\"", "\"OBJECT\"", "\"int\"", "[\"object\",\"null\"]", "[]", "null", "{}", "5"];

    private readonly Random _random = random;

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    public int Upto(int limit) => _random.Next(limit);

    /// <summary>A string in quotes: half of them odd.</summary>
    public string Text()
    {
        var text = new StringBuilder("\"");
        for (var parts = _random.Next(1, 4); parts > 0; parts--) text.Append(Chance(0.6) ? Pick(Texts) : Pick(Escapes));
        if (Chance(0.001)) text.Append('x', _random.Next(100_000));
        return text.Append('"').ToString();
    }

    public string Any(int nest = 0) => _random.Next(nest > MaxNest ? 2 : 6) switch
    {
        0 => Pick(Scalars),
        1 => Text(),
        2 => List(() => Any(nest + 1)),
        3 => Chance(0.02) ? Deep() : Text(),
        _ => Object(nest),
    };

    public string List(Func<string> item) => "[" + string.Join(',', Enumerable.Range(0, _random.Next(4)).Select(_ => item())) + "]";

    /// <summary>An object of these members, some of them twice, strange ones among them.</summary>
    public string ObjectOf(params (string Name, string Value)[] members)
    {
        var list = members.ToList();
        if (Chance(0.3)) list.Add((Chance(0.5) ? Text()[1..^1] : "x-new", Any()));
        if (members.Length > 0 && Chance(0.15)) list.Add((Pick(members).Name, Any()));
        if (Chance(0.2)) list = [.. list.OrderBy(_ => _random.Next())];
        return "{" + string.Join(Chance(0.1) ? ",\r\n " : ",", list.Select(one => $"\"{one.Name}\":{one.Value}")) + "}";
    }

    /// <summary>The right value, or now and then any other.</summary>
    public string Mostly(Func<string> right) => Chance(0.75) ? right() : Any();

    public string Schema(int nest = 0)
    {
        if (nest > MaxNest || Chance(0.1)) return Any(nest);
        var members = new List<(string, string)>();
        if (Chance(0.8)) members.Add(("type", Chance(0.7) ? "\"object\"" : Pick(TypeNames)));
        if (Chance(0.6)) members.Add(("properties", Mostly(() => ObjectOf([.. Enumerable.Range(0, _random.Next(3)).Select(index => (Chance(0.8) ? "p" + index.ToString(CultureInfo.InvariantCulture) : Text()[1..^1], Schema(nest + 1)))]))));
        if (Chance(0.3)) members.Add(("required", Mostly(() => List(Text))));
        for (var more = _random.Next(3); more > 0; more--) members.Add((Pick(KeywordNames), Chance(0.5) ? Any(nest + 1) : Schema(nest + 1)));
        return ObjectOf([.. members]);
    }

    public string Deep()
    {
        var levels = Pick(20, 40, 59, 60, 61, 62, 64, 100, 500, 20_000);
        var (open, close) = Chance(0.5) ? ("[", "]") : ("{\"a\":", "}");
        return new StringBuilder().Insert(0, open, levels).Append('1').Insert(open.Length * levels + 1, close, levels).ToString();
    }

    /// <summary>As bytes, now and then with a byte that is not UTF-8, one too many or the end cut off.</summary>
    public byte[] Bytes(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        if (Chance(0.97) || bytes.Length == 0) return bytes;
        var at = _random.Next(bytes.Length);
        switch (_random.Next(4))
        {
            case 0:
                bytes[at] = (byte)_random.Next(256);
                return bytes;
            case 1:
                return bytes[..at];
            case 2:
                return [0xEF, 0xBB, 0xBF, .. bytes];
            default:
                return [.. bytes[..at], Pick<byte>(0xC3, 0xFF, 0xED, 0x00, (byte)'{', (byte)'\\'), .. bytes[at..]];
        }
    }

    private string Object(int nest) => ObjectOf([.. Enumerable.Range(0, _random.Next(4)).Select(_ => (Chance(0.7) ? Pick("a", "b", "name", "title", "type") : Text()[1..^1], Any(nest + 1)))]);
}
