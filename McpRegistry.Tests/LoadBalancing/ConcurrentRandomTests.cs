using McpRegistry.Core.LoadBalancing;

namespace McpRegistry.Tests.LoadBalancing;

public sealed class ConcurrentRandomTests
{
    [Fact]
    public void The_same_seed_gives_the_same_sequence_and_another_seed_another()
    {
        int[] Sequence(long seed)
        {
            var random = new ConcurrentRandom(seed);
            return [.. Enumerable.Range(0, 20).Select(_ => random.Next(1_000_000))];
        }

        Assert.Equal(Sequence(7), Sequence(7));
        Assert.NotEqual(Sequence(7), Sequence(8));
    }

    [Fact]
    public void Every_kind_of_number_stays_in_its_range_and_fills_it()
    {
        var random = new ConcurrentRandom(3);
        var numbers = Enumerable.Range(0, 10_000).Select(_ => (
            Int: random.Next(10), Between: random.Next(-5, 5), Long: random.NextInt64(long.MinValue, long.MaxValue), Double: random.NextDouble(), Single: random.NextSingle())).ToArray();

        Assert.Equal(Enumerable.Range(0, 10), numbers.Select(one => one.Int).Distinct().Order());
        Assert.Equal(Enumerable.Range(-5, 10), numbers.Select(one => one.Between).Distinct().Order());
        Assert.InRange(numbers.Count(one => one.Long < 0), 4_700, 5_300);
        Assert.All(numbers, one => Assert.True(one is { Double: >= 0 and < 1, Single: >= 0 and < 1 }));
        Assert.InRange(numbers.Average(one => one.Double), 0.48, 0.52);
        Assert.InRange(numbers.Average(one => one.Single), 0.48, 0.52);
    }

    [Fact]
    public void Bytes_are_filled_to_the_last()
    {
        var random = new ConcurrentRandom(3);
        var seen = new byte[13];

        for (var round = 0; round < 50; round++)
        {
            var bytes = new byte[13];
            random.NextBytes(bytes);
            for (var i = 0; i < bytes.Length; i++) seen[i] |= bytes[i];
        }

        Assert.All(seen, one => Assert.Equal(0xFF, one));
    }

    [Fact]
    public void Threads_do_not_get_the_same_numbers()
    {
        var random = new ConcurrentRandom(5);
        var numbers = new long[8][];

        Parallel.For(0, numbers.Length, thread => numbers[thread] = [.. Enumerable.Range(0, 5_000).Select(_ => random.NextInt64())]);

        Assert.Equal(8 * 5_000, numbers.SelectMany(one => one).Distinct().Count());
    }
}
