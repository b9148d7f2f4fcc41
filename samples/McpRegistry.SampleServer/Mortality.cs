using System.Runtime.InteropServices;

namespace McpRegistry.SampleServer;

/// <summary>How and when this process dies: after a while, or not even when asked to.</summary>
internal sealed class Mortality : IDisposable
{
    private const int CrashLoopExitCode = 3;

    private readonly ITimer? _end;
    private readonly PosixSignalRegistration? _deafness;

    private Mortality(ITimer? end, PosixSignalRegistration? deafness)
    {
        _end = end;
        _deafness = deafness;
    }

    public static Mortality Arrange(SampleOptions options, TimeProvider time) => new(
        options.ExitAfter is { } after
            ? time.CreateTimer(_ => Environment.Exit(CrashLoopExitCode), null, after, Timeout.InfiniteTimeSpan)
            : null,
        options.IgnoreTerm
            ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true)
            : null);

    public void Dispose()
    {
        _end?.Dispose();
        _deafness?.Dispose();
    }
}
