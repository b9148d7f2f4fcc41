using System.Diagnostics;

using McpRegistry.Core.Diagnostics;

namespace McpRegistry.Tests.Diagnostics;

public sealed class ControlTraceTests
{
    [Fact]
    public void What_is_asked_outside_of_any_span_says_that_nobody_records_it_each_in_a_trace_of_its_own()
    {
        Assert.True(ActivityContext.TryParse(ControlTrace.Parent, null, out var one));
        Assert.True(ActivityContext.TryParse(ControlTrace.Unrecorded(), null, out var other));

        Assert.Equal((ActivityTraceFlags.None, ActivityTraceFlags.None), (one.TraceFlags, other.TraceFlags));
        Assert.NotEqual(one.TraceId, other.TraceId);
    }

    [Fact]
    public async Task What_is_asked_within_a_span_is_part_of_it_until_that_is_over()
    {
        var isOver = new TaskCompletionSource();
        using var span = new Activity("probe") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        Assert.Equal(span.Id, ControlTrace.Parent);

        var begunWithin = Task.Run(async () =>
        {
            await isOver.Task;
            return ControlTrace.Parent;
        });
        span.Stop();
        isOver.SetResult();

        Assert.EndsWith("-00", await begunWithin, StringComparison.Ordinal);
        Assert.DoesNotContain(span.TraceId.ToHexString(), await begunWithin, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_asked_within_a_span_that_is_not_recorded_is_not_recorded_either()
    {
        using var span = new Activity("request").Start();

        Assert.EndsWith("-00", ControlTrace.Parent, StringComparison.Ordinal);
    }
}
