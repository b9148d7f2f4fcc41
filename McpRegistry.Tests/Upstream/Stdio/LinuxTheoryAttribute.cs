namespace McpRegistry.Tests.Upstream.Stdio;

/// <summary>A test of several cases that can only be run on Linux.</summary>
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "needs Linux";
    }
}
