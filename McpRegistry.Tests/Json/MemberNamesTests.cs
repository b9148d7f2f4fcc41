using System.Globalization;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Tests.Json;

/// <summary>A name that stands twice in one object can be read in two ways; in two objects it is two names.</summary>
public sealed class MemberNamesTests
{
    [Theory]
    [InlineData("""{"path":"/safe","path":"/etc/shadow"}""")]
    [InlineData("""{"path":"/safe","p\u0061th":"/etc/shadow"}""")]
    [InlineData("""{"p\u0061th":"/safe","path":"/etc/shadow"}""")]
    [InlineData("""{"p\u0061th":"/safe","\u0070ath":"/etc/shadow"}""")]
    [InlineData("""{"path":{"path":1},"x":[],"path":2}""")]
    [InlineData("""{"a":[{"b":{"c":1,"d":[{}],"c":2}}]}""")]
    [InlineData("""[[{"a":1},{"a":1,"b":{"x":{"y":1}},"a":1}]]""")]
    [InlineData("""{"":1,"":2}""")]
    [InlineData("""{"größe":1,"gr\u00f6\u00dfe":2}""")]
    [InlineData("""{"\ud83d\ude00":1,"😀":2}""")]
    [InlineData("""{"a\/b":1,"a/b":2}""")]
    [InlineData("""{"a name that is longer than eight":1,"b":2,"a name that is longer than eight":3}""")]
    [InlineData("""{"n\u0000":1,"n\u0000":2}""")]
    public void A_name_that_stands_twice_is_found(string json)
    {
        var fault = Assert.Throws<JsonException>(() => Skip(json));

        Assert.Contains("twice", fault.Message, StringComparison.Ordinal);
        // Upstreams may write it: of their members the last one counts.
        Assert.Equal(json.Length > 0, Skip(json, refusesTwins: false) > 0);
    }

    [Theory]
    [InlineData("""{"path":1,"Path":2,"path ":3,"p\u0061t":4,"":5}""")]
    [InlineData("""{"a":{"a":{"a":[{"a":1},{"a":2}]}},"b":{"a":1}}""")]
    [InlineData("""[{"a":1},{"a":1},[{"a":1}]]""")]
    [InlineData("""{"abcdefgh-1-abcdefgh":1,"abcdefgh-2-abcdefgh":2,"abcdefgh-1-abcdefgi":3}""")]
    [InlineData("""{"a":1,"aa":1,"aaa":1,"aaaa":1,"aaaaa":1,"aaaaaa":1,"aaaaaaa":1,"aaaaaaaa":1,"aaaaaaaaa":1}""")]
    [InlineData("{}")]
    [InlineData("7")]
    public void Different_names_and_names_of_different_objects_are_fine(string json) => Assert.Equal(Encoding.UTF8.GetByteCount(json), Skip(json));

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(5000)]
    public void It_is_found_among_many_at_any_place(int members)
    {
        // Inside each large object there are others, whose names are others.
        var names = Enumerable.Range(0, members).Select(number => $"\"abcdefgh{number.ToString("00000", CultureInfo.InvariantCulture)}abcdefgh\":{{\"x\":1,\"y\":[{{\"x\":1}}]}}").ToArray();
        var sound = $"{{{string.Join(',', names)}}}";
        Assert.Equal(sound.Length, Skip(sound));

        foreach (var at in (int[])[0, members / 2, members - 1])
        {
            var escaped = names[at].Replace("\"abcd", "\"\\u0061bcd", StringComparison.Ordinal);
            Assert.Throws<JsonException>(() => Skip($"{{{string.Join(',', names)},{names[at]}}}"));
            Assert.Throws<JsonException>(() => Skip($"{{{string.Join(',', names)},{escaped}}}"));
            Assert.Throws<JsonException>(() => Skip($"{{{escaped},{string.Join(',', names)}}}"));
        }
    }

    /// <summary>What a fault left behind concerns no later message.</summary>
    [Fact]
    public void A_thread_that_found_one_reads_the_next_message_as_before()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Throws<JsonException>(() => Skip("""{"a":{"b":{"c":1,"c":2}}}"""));
            Skip("""{"a":{"b":{"c":1}},"c":3,"b":{"a":1}}""");
        }
    }

    [Fact]
    public void The_same_is_found_as_by_the_framework()
    {
        var random = new Random(7);
        string[] names = ["a", "b", "\\u0061", "long-name-of-a-member", "long-name-of-\\u0061-member", "", "é"];
        for (var round = 0; round < 2000; round++)
        {
            var json = Value(3);
            var isSound = true;
            try { JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false }).Dispose(); }
            catch (JsonException) { isSound = false; }

            if (isSound) Assert.Equal(Encoding.UTF8.GetByteCount(json), Skip(json));
            else Assert.Throws<JsonException>(() => Skip(json));
        }

        string Value(int depth) => depth == 0 || random.Next(4) == 0 ? "1"
            : random.Next(3) == 0 ? $"[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(depth - 1)))}]"
            : $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{names[random.Next(names.Length)]}\":{Value(depth - 1)}"))}}}";
    }

    [Fact]
    public void Looking_for_twins_allocates_nothing()
    {
        var json = Encoding.UTF8.GetBytes("""{"path":"x","items":[{"id":1,"name":"a"},{"id":2,"name":"b"}],"options":{"recursive":true,"depth":{"max":3}}}""");
        for (var i = 0; i < 100; i++) Skip(json);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Skip(json);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static int Skip(string json, bool refusesTwins = true) => Skip(Encoding.UTF8.GetBytes(json), refusesTwins);

    private static int Skip(byte[] json, bool refusesTwins = true)
    {
        var scanner = new JsonScanner(json, refusesTwins: refusesTwins);
        var value = scanner.SkipValue();
        scanner.End();
        return value.Length;
    }
}
