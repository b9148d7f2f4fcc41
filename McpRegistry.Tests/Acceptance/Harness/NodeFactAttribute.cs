namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>A test that runs real MCP servers and clients from npm. Skipped with a reason where node or npm is absent, except in CI.</summary>
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (!AcceptanceRun.IsCi && Npm.Missing is { } program) Skip = $"needs node and npm; {program} is not on PATH";
    }
}

/// <inheritdoc cref="NodeFactAttribute"/>
internal sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute()
    {
        if (!AcceptanceRun.IsCi && Npm.Missing is { } program) Skip = $"needs node and npm; {program} is not on PATH";
    }
}
