using System.Text;

using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class SseReaderTests
{
    private const string Everything =
        ": a comment\n\nid: 1\ndata: {\"a\":1}\n\ndata:no space\r\n\r\nevent: named\rdata: über\rdata:  two\r\r\n" +
        "data\n\n:\n\n\ndata: {\ndata:  \"b\":\ndata: 2}\n\nretry: 5\nunknown: x\n\ndata: last\n\ndata: never finished";

    private static readonly (string Type, string Data)[] Expected =
        [("", "{\"a\":1}"), ("", "no space"), ("named", "über\n two"), ("", ""), ("", "{\n \"b\":\n2}"), ("", "last")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Events_are_the_same_however_the_stream_is_sliced(int slice) =>
        Assert.Equal(Expected, await ReadAllAsync(Everything, slice));

    [Fact]
    public async Task Every_two_slices_give_the_same_events()
    {
        var bytes = Encoding.UTF8.GetBytes(Everything);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            using var stream = new SlicedStream([bytes[..cut], bytes[cut..]]);
            Assert.Equal(Expected, await ReadAllAsync(stream));
        }
    }

    [Fact]
    public async Task A_byte_order_mark_is_passed_over() => Assert.Equal([("", "x")], await ReadAllAsync("\ufeffdata: x\n\n", 1));

    [Fact]
    public async Task A_stream_that_goes_on_tells_so_be_it_with_comments_alone()
    {
        var life = new CountedLife();
        using var whole = new SlicedStream([Encoding.UTF8.GetBytes("data: at once\n\n")]);
        using (var reader = new SseReader(whole, 1000) { SignsOfLife = life }) await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(0, life.Count);

        using var slow = new SlicedStream([.. new[] { ": ping\n\n", ": ping\n\n", "data: x\n\n" }.Select(Encoding.UTF8.GetBytes)]);
        using (var reader = new SseReader(slow, 1000) { SignsOfLife = life }) await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(2, life.Count);
    }

    [Fact]
    public async Task A_long_event_grows_the_buffer_and_comes_out_whole()
    {
        var data = new string('y', 300_000);

        Assert.Equal([("", "small"), ("", data), ("", "after")], await ReadAllAsync($"data: small\n\ndata: {data}\n\ndata: after\n\n", 1000, limit: 400_000));
    }

    [Fact]
    public async Task An_event_above_the_limit_is_not_collected()
    {
        using var stream = new SlicedStream([Encoding.UTF8.GetBytes("data: " + new string('y', 100_000))]);
        using var reader = new SseReader(stream, maxEventBytes: 1000);

        Assert.Equal(SseRead.TooLarge, await reader.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_given_away_event_keeps_its_bytes()
    {
        using var stream = new SlicedStream([Encoding.UTF8.GetBytes("data: first\n\ndata: second\n\n")]);
        using var reader = new SseReader(stream, 1000);
        await reader.ReadAsync(CancellationToken.None);
        await reader.ReadAsync(CancellationToken.None);

        using var bytes = reader.Detach(out var range);

        Assert.Equal("second", Encoding.UTF8.GetString(range.Of(bytes.Span)));
    }

    private static async Task<List<(string, string)>> ReadAllAsync(string text, int slice, int limit = 10_000)
    {
        using var stream = new SlicedStream([.. Encoding.UTF8.GetBytes(text).Chunk(slice)]);
        return await ReadAllAsync(stream, limit);
    }

    private static async Task<List<(string, string)>> ReadAllAsync(Stream stream, int limit = 10_000)
    {
        using var reader = new SseReader(stream, limit, expectedBytes: 16);
        var events = new List<(string, string)>();
        while (await reader.ReadAsync(CancellationToken.None) == SseRead.Event)
            events.Add((Encoding.UTF8.GetString(reader.Type), Encoding.UTF8.GetString(reader.Data.Span)));
        return events;
    }

    /// <summary>Gives one slice a read.</summary>
    private sealed class SlicedStream(byte[][] slices) : MemoryStream
    {
        private int _next;
        private int _offset;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_next < slices.Length && _offset == slices[_next].Length) (_next, _offset) = (_next + 1, 0);
            if (_next == slices.Length) return ValueTask.FromResult(0);
            var part = slices[_next].AsMemory(_offset, Math.Min(buffer.Length, slices[_next].Length - _offset));
            part.CopyTo(buffer);
            _offset += part.Length;
            return ValueTask.FromResult(part.Length);
        }
    }

    private sealed class CountedLife : ISignsOfLife
    {
        public int Count { get; private set; }

        public void Seen() => Count++;
    }
}
