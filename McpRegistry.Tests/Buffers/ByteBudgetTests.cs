using System.Text;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Json;

namespace McpRegistry.Tests.Buffers;

public sealed class ByteBudgetTests
{
    private const int Mebibyte = 1024 * 1024;

    [Fact]
    public void A_buffer_of_the_usual_size_is_not_counted()
    {
        var budget = new ByteBudget(0);
        using var bytes = new PooledBytes(16, budget, 16 * Mebibyte);

        bytes.Write(new byte[ByteBudget.FreeBytes]);

        Assert.Equal((ByteBudget.FreeBytes, 0), (bytes.Length, budget.Taken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16 * Mebibyte)]
    public void A_large_one_counts_from_its_growth_to_its_end_and_keeps_what_it_has(int limit)
    {
        var budget = new ByteBudget(100 * Mebibyte);
        var expected = Enumerable.Range(0, 5 * Mebibyte).Select(one => (byte)(one * 31 >> 4)).ToArray();
        var bytes = new PooledBytes(16, budget, limit);
        foreach (var piece in expected.Chunk(100_003)) bytes.Write(piece);

        Assert.InRange(budget.Taken, expected.Length, 8 * Mebibyte);
        Assert.True(bytes.Span.SequenceEqual(expected));
        Assert.True(bytes.Memory.Span.SequenceEqual(expected));
        bytes.Truncate(7);
        bytes.Write([1, 2]);
        Assert.Equal([.. expected[..7], 1, 2], bytes.Memory.ToArray());

        bytes.Dispose();
        bytes.Dispose();
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void A_limited_one_counts_what_came_and_not_what_may_come()
    {
        var budget = new ByteBudget(100 * Mebibyte);
        using var bytes = new PooledBytes(16, budget, int.MaxValue);

        bytes.Write(new byte[20 * Mebibyte]);

        Assert.InRange(budget.Taken, 20 * Mebibyte, 21 * Mebibyte);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void Without_room_it_grows_no_more_and_still_holds_what_it_held(int limit)
    {
        var budget = new ByteBudget(4 * Mebibyte);
        var bytes = new PooledBytes(16, budget, limit);
        var written = 0;

        void Fill()
        {
            for (; ; written += 1000) bytes.Write(Encoding.ASCII.GetBytes(new string('x', 1000)));
        }

        Assert.Throws<NoRoomException>(Fill);

        Assert.Equal(written, bytes.Length);
        Assert.False(bytes.Span.ContainsAnyExcept((byte)'x'));
        bytes.Dispose();
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void Requests_leave_half_of_it_to_answers()
    {
        var budget = new ByteBudget(10);

        Assert.True(budget.Requests.TryTake(5));
        Assert.False(budget.Requests.TryTake(1));
        Assert.True(budget.TryTake(5));
        Assert.False(budget.TryTake(1));
        budget.Requests.Give(5);
        Assert.Equal(5, budget.Taken);
    }

    [Fact]
    public void A_queue_holds_no_more_than_its_own_limit_and_counts_what_is_above_its_free_part()
    {
        var budget = new ByteBudget(Mebibyte);
        var account = new ByteAccount(budget, 100_000);

        Assert.True(account.TryAdd(16 * 1024));
        Assert.Equal(0, budget.Taken);
        Assert.True(account.TryAdd(50_000));
        Assert.Equal(50_000, budget.Taken);
        Assert.False(account.TryAdd(50_000));
        account.Remove(20_000);
        Assert.Equal(30_000, budget.Taken);
        account.Clear();
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void Many_queues_together_hold_no_more_than_the_budget()
    {
        var budget = new ByteBudget(Mebibyte);
        var accounts = Enumerable.Range(0, 1000).Select(_ => new ByteAccount(budget, Mebibyte)).ToList();

        Assert.InRange(accounts.Count(one => one.TryAdd(128 * 1024)), 8, 9);
        Assert.All(accounts, one => one.Clear());
        Assert.Equal(0, budget.Taken);
    }
}
