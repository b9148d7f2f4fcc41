namespace McpRegistry.SampleServer.Hosting;

internal static class StandardErrorLogging
{
    /// <summary>Standard output belongs to the protocol, or to the one line that says where the server listens.</summary>
    public static void ToStandardErrorOnly(this ILoggingBuilder logging) => logging
        .ClearProviders()
        .SetMinimumLevel(LogLevel.Error)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
