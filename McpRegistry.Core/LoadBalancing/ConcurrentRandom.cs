using System.Buffers.Binary;

namespace McpRegistry.Core.LoadBalancing;

/// <summary>
/// A <see cref="Random"/> that all threads may share: SplitMix64 over one atomic counter, without lock or allocation, and the
/// same sequence for the same seed. (A seeded <see cref="Random"/> breaks under concurrency and may answer zero for ever.)
/// </summary>
internal sealed class ConcurrentRandom(long seed) : Random(Seed: 0)
{
    private long _counter = seed;

    public override int Next() => Next(int.MaxValue);

    public override int Next(int maxValue) => (int)NextInt64(maxValue);

    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    public override long NextInt64() => NextInt64(long.MaxValue);

    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (long)Below((ulong)maxValue);
    }

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return unchecked(minValue + (long)Below((ulong)maxValue - (ulong)minValue));
    }

    public override double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public override float NextSingle() => (NextBits() >> 40) * (1.0f / (1U << 24));

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        Span<byte> bits = stackalloc byte[sizeof(ulong)];
        while (!buffer.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bits, NextBits());
            var length = Math.Min(buffer.Length, bits.Length);
            bits[..length].CopyTo(buffer);
            buffer = buffer[length..];
        }
    }

    protected override double Sample() => NextDouble();

    // The high half of the product: even enough, and no division.
    private ulong Below(ulong limit) => Math.BigMul(NextBits(), limit, out _);

    private ulong NextBits()
    {
        var bits = unchecked((ulong)Interlocked.Add(ref _counter, (long)0x9E3779B97F4A7C15UL));
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
        return bits ^ (bits >> 31);
    }
}
