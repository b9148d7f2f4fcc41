using System.Diagnostics;

namespace McpRegistry.Core.Diagnostics;

/// <summary>
/// The W3C trace context of what the registry asks by itself: handshakes, probes, lists, streams of news. A request without one makes
/// the server begin a trace of its own, every few seconds and of no use to anybody.
/// </summary>
public static class ControlTrace
{
    /// <summary>The span in which it is asked, where that is recorded and still runs; else <see cref="Unrecorded"/>.</summary>
    internal static string Parent => Activity.Current is { IsStopped: false, Recorded: true, IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : Unrecorded();

    /// <summary>A context that is recorded nowhere. It says so (its sampled flag is 0), and a server that heeds its parent records nothing either.</summary>
    // Each its own: a server that heeds nothing would put everything into one trace without end.
    public static string Unrecorded() => $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00";
}
