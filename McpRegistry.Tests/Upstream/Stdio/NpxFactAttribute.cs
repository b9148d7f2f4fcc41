using McpRegistry.Core.Upstream.Stdio;

namespace McpRegistry.Tests.Upstream.Stdio;

/// <summary>A test with servers from npm.</summary>
internal sealed class NpxFactAttribute : FactAttribute
{
    public NpxFactAttribute()
    {
        if (CommandLocator.Find("npx", Environment.GetEnvironmentVariable("PATH"), "/") is null) Skip = "npx is not installed";
    }
}
