namespace McpRegistry.Tests.Redis;

/// <summary>A test against a real <c>redis-server</c>. Skipped with a reason where there is none, except in CI.</summary>
internal sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = RedisServerProcess.WhyNot;
}

/// <inheritdoc cref="RedisFactAttribute"/>
internal sealed class RedisTheoryAttribute : TheoryAttribute
{
    public RedisTheoryAttribute() => Skip = RedisServerProcess.WhyNot;
}
