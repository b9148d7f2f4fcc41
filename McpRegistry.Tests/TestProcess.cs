using System.Runtime.CompilerServices;

namespace McpRegistry.Tests;

/// <summary>Settings of the process that runs the tests.</summary>
internal static class TestProcess
{
    // Reading the output of a child process blocks a pool thread for each pipe. With two cores the pool begins with two and
    // adds one or two a second: what a test measures meanwhile is its own waiting for a thread, up to a second.
    [ModuleInitializer]
    internal static void StartWithEnoughThreads() => ThreadPool.SetMinThreads(64, 64);
}
