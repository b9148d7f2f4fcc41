using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Tests.Json;

/// <summary>The scanner must agree with System.Text.Json on what is JSON; nothing else would be safe to forward.</summary>
public sealed class JsonScannerTests
{
    private static readonly string[] Seeds =
    [
        """{"a":1,"b":[true,false,null,{"c":"x\n\"y\\z"}],"d":-0.5e+10,"e":{}, "f" : [ ] }""",
        """[[[{"k":[1,2,3]}]],"\u00e9\ud83d\ude00",0,-1,1e5,1E-2]""",
        "  \"text with \\/ and \\b\\f\\t\\r\"  ",
        "-12.75",
        "{\"a\":{\"b\":{\"c\":[]}},\"d\":\"\"}",
    ];

    [Fact]
    public void It_takes_what_the_framework_takes_and_refuses_what_it_refuses()
    {
        var random = new Random(20261122);
        var taken = 0;
        for (var round = 0; round < 40_000; round++)
        {
            var bytes = Mutate(Encoding.UTF8.GetBytes(Seeds[round % Seeds.Length]), random);
            var expected = FrameworkTakes(bytes);
            if (expected) taken++;
            Assert.True(expected == ScannerTakes(bytes), $"{Encoding.UTF8.GetString(bytes)}: the framework says {expected}");
        }

        // Neither side of the comparison may be vacuous.
        Assert.InRange(taken, 1_000, 39_000);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Nesting_ends_where_the_framework_ends_it(int depth, bool isTaken)
    {
        var bytes = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

        Assert.Equal(isTaken, ScannerTakes(bytes));
        Assert.Equal(isTaken, FrameworkTakes(bytes));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    public void What_an_upstream_nests_deep_is_still_closed_by_its_own_kind(int depth)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var kinds = Enumerable.Range(0, depth).Select(_ => random.Next(2) == 0).ToArray();
            // Beside the way down there are small values, so that levels are left and entered again.
            var open = string.Concat(kinds.Select(isObject => isObject ? "{\"x\":[{}],\"a\":" : "[[],{\"b\":[1]},"));
            var close = string.Concat(kinds.Reverse().Select(isObject => isObject ? ",\"c\":{}}" : ",[[]]]"));
            var json = Encoding.UTF8.GetBytes(open + "1" + close);
            Assert.Equal(json.Length, Skip(json));

            var wrong = json.ToArray();
            var at = Enumerable.Range(open.Length, close.Length).Where(place => wrong[place] is (byte)'}' or (byte)']').Skip(random.Next(depth)).First();
            wrong[at] = (byte)(wrong[at] == '}' ? ']' : '}');
            Assert.ThrowsAny<JsonException>(() => Skip(wrong));
        }
    }

    private static int Skip(byte[] json)
    {
        var scanner = new JsonScanner(json, maxDepth: JsonRpcMessage.MaxUpstreamDepth);
        var value = scanner.SkipValue();
        scanner.End();
        return value.Length;
    }

    [Fact]
    public void A_value_is_found_with_its_own_bytes_and_nothing_else()
    {
        var json = Encoding.UTF8.GetBytes(""" {"first" : {"x":[1, 2]} , "second":"é"} """);
        var scanner = new JsonScanner(json);
        var isFirst = true;
        scanner.EnterObject();

        Assert.True(scanner.TryReadName(ref isFirst, out var name, out _));
        Assert.Equal("first", Encoding.UTF8.GetString(name.Of(json.AsSpan())));
        Assert.Equal("""{"x":[1, 2]}""", Encoding.UTF8.GetString(scanner.SkipValue().Of(json.AsSpan())));
        Assert.True(scanner.TryReadName(ref isFirst, out _, out _));
        Assert.Equal("\"é\"", Encoding.UTF8.GetString(scanner.SkipValue().Of(json.AsSpan())));
        Assert.False(scanner.TryReadName(ref isFirst, out _, out _));
        scanner.End();
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        const string Alphabet = "{}[]\",:\\ntrue0123-+.eE \t\u0001xu";
        var bytes = seed.ToList();
        for (var change = random.Next(0, 3); change > 0; change--)
        {
            var at = random.Next(bytes.Count);
            var letter = (byte)Alphabet[random.Next(Alphabet.Length)];
            switch (random.Next(3))
            {
                case 0: bytes[at] = letter; break;
                case 1: bytes.Insert(at, letter); break;
                default: if (bytes.Count > 1) bytes.RemoveAt(at); break;
            }
        }
        return [.. bytes];
    }

    private static bool ScannerTakes(byte[] bytes)
    {
        try
        {
            var scanner = new JsonScanner(bytes);
            scanner.SkipValue();
            scanner.End();
            return true;
        }
        catch (JsonException) { return false; }
    }

    // Without decoding strings: the framework leaves half surrogate pairs to whoever decodes, and so does the scanner.
    private static bool FrameworkTakes(byte[] bytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return ScannerTakes(bytes);
        try
        {
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException) { return false; }
    }
}
