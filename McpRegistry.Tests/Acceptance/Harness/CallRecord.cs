namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>How one call of a load run ended.</summary>
/// <param name="Id">Its id, also in the ledger.</param>
/// <param name="IsSuccess">A result came.</param>
/// <param name="Code">The error code when none came.</param>
/// <param name="MaybeExecuted">What the gateway said of a lost call; null when it said nothing.</param>
/// <param name="Due">When it was to be sent, from the start of the load.</param>
/// <param name="Latency">From the moment the call was due, not from when it could be sent: a stall shows in every call behind it.</param>
internal sealed record CallRecord(string Id, bool IsSuccess, string? Code, bool? MaybeExecuted, TimeSpan Due, TimeSpan Latency)
{
    public static TimeSpan Percentile(IEnumerable<CallRecord> calls, double share)
    {
        var sorted = calls.Select(call => call.Latency).Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }

    /// <summary>Calls, failures by code and latencies in one line, for the figures.</summary>
    public static string Describe(IReadOnlyCollection<CallRecord> calls)
    {
        var failures = calls.Where(call => !call.IsSuccess).GroupBy(call => call.Code).Select(group => $"{group.Count()} {group.Key}");
        return FormattableString.Invariant(
            $"{calls.Count} calls, failed: {string.Join(", ", failures.DefaultIfEmpty("0"))}; p50 {Percentile(calls, 0.5).TotalMilliseconds:0.0} ms, p99 {Percentile(calls, 0.99).TotalMilliseconds:0.0} ms, max {calls.Max(call => call.Latency).TotalMilliseconds:0} ms");
    }
}
