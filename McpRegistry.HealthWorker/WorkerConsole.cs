using McpRegistry.ServiceDefaults.Hosting;

namespace McpRegistry.HealthWorker;

/// <summary>What whoever started the worker sees of it: one line for each change.</summary>
internal static class WorkerConsole
{
    public static void AddWorkerConsole(this WebApplicationBuilder builder)
    {
        builder.AddDefaultLogLevels();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
    }
}
