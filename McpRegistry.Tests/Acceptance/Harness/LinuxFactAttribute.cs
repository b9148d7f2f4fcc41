namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>A test that looks into <c>/proc</c> or sends signals.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "needs Linux: signals and /proc";
    }
}
