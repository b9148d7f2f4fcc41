using System.Diagnostics;
using System.Diagnostics.Metrics;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Calls;

/// <summary>Spans and metrics of calls, by OpenTelemetry's names for MCP where there are any.</summary>
internal static class CallTelemetry
{
    private static readonly Counter<long> Calls = RegistryTelemetry.Meter.CreateCounter<long>("mcpregistry.calls", "{call}", "Calls by service, method and outcome.");
    private static readonly Histogram<double> Duration = RegistryTelemetry.Meter.CreateHistogram<double>("mcpregistry.call.duration", "s", "Time of a call with all its attempts.");
    private static readonly Counter<long> Attempts = RegistryTelemetry.Meter.CreateCounter<long>("mcpregistry.attempts", "{attempt}", "Attempts by service and outcome.");

    /// <summary>True when spans or metrics of calls are collected; the call path makes none of them otherwise.</summary>
    public static bool IsObserved => RegistryTelemetry.Source.HasListeners() || Calls.Enabled;

    public static Activity? StartCall(UpstreamCall call)
    {
        // Names stand in a list; a URI may be any, and may hold a key.
        var target = call.Method is "tools/call" or "prompts/get" ? call.Target : null;
        var name = target is null ? call.Method : $"{call.Method} {target}";
        var span = ParentInMessage(call) is { } parent ? RegistryTelemetry.Source.StartActivity(name, ActivityKind.Server, parent) : RegistryTelemetry.Source.StartActivity(name);
        span?.SetTag("mcp.method.name", call.Method);
        span?.SetTag("mcpregistry.service", call.Service.Name);
        if (target is not null) span?.SetTag(call.Method == "prompts/get" ? "gen_ai.prompt.name" : "gen_ai.tool.name", target);
        return span;
    }

    // The HTTP request's own span is the better parent, but only when a client's trace came with the headers.
    private static ActivityContext? ParentInMessage(UpstreamCall call) =>
        Activity.Current is not { ParentId: not null }
        && call.Params.MetaString("traceparent"u8) is { } parent
        && ActivityContext.TryParse(parent, call.Params.MetaString("tracestate"u8), isRemote: true, out var context) ? context : null;

    public static void EndCall(Activity? span, UpstreamCall call, CallOutcome outcome, TimeSpan elapsed)
    {
        var ended = outcome.Failure?.WireName() ?? (outcome.Reply!.IsError ? "upstream_error" : "ok");
        var tags = new TagList { { "mcpregistry.service", call.Service.Name }, { "mcp.method.name", call.Method }, { "mcpregistry.outcome", ended } };
        Calls.Add(1, tags);
        Duration.Record(elapsed.TotalSeconds, tags);
        if (span is null) return;
        span.SetTag("mcpregistry.attempts", outcome.Attempts);
        if (outcome.Failure is null) return;
        span.SetTag("error.type", ended);
        span.SetTag("mcpregistry.maybe_executed", outcome.MaybeExecuted);
        span.SetStatus(ActivityStatusCode.Error);
    }

    public static Activity? StartAttempt(UpstreamCall call, InstanceState instance)
    {
        var span = RegistryTelemetry.Source.StartActivity("attempt", ActivityKind.Client);
        span?.SetTag("mcpregistry.service", call.Service.Name);
        span?.SetTag("mcpregistry.instance", instance.InstanceId);
        if (instance.Address is { } address)
        {
            span?.SetTag("server.address", address.Host);
            span?.SetTag("server.port", address.Port);
        }
        return span;
    }

    public static void EndAttempt(Activity? span, UpstreamReply reply, bool timedOut)
    {
        if (Attempts.Enabled) Attempts.Add(1, new TagList { { "mcpregistry.outcome", timedOut ? "TimedOut" : reply.Outcome.ToString() } });
        if (span is null || reply.Outcome == UpstreamOutcome.Answered) return;
        span.SetTag("error.type", timedOut ? "timeout" : reply.Outcome.ToString());
        span.SetStatus(ActivityStatusCode.Error, reply.Detail);
    }

}
