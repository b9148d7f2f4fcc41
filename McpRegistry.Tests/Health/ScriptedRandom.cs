namespace McpRegistry.Tests.Health;

/// <summary>Always answers the same, so that jitter has one known value.</summary>
internal sealed class ScriptedRandom(double value) : Random(Seed: 0)
{
    public override double NextDouble() => value;
}
