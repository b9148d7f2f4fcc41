namespace McpRegistry.Tests.Upstream.Stdio;

/// <summary>A test that looks into <c>/proc</c> or needs process groups.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "needs Linux";
    }
}
