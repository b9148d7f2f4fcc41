using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Calls;

/// <summary>Spans and metrics of calls, by OpenTelemetry's names for MCP where there are any. Nothing of arguments, results or URIs is in them.</summary>
internal static class CallTelemetry
{
    private const string ToolError = "tool_error";

    private static readonly Counter<long> Calls =
        RegistryTelemetry.Meter.CreateCounter<long>("mcpregistry.calls", "{call}", "Calls by service, method and outcome.");
    private static readonly Histogram<double> Duration =
        RegistryTelemetry.Meter.CreateHistogram<double>("mcpregistry.call.duration", "s", "Time of a call with all its attempts, by service, method and outcome.");
    private static readonly Counter<long> Attempts =
        RegistryTelemetry.Meter.CreateCounter<long>("mcpregistry.attempts", "{attempt}", "Attempts by service, instance and outcome.");

    /// <summary>True when spans or metrics of calls are collected; the call path makes none of them otherwise.</summary>
    public static bool IsObserved => RegistryTelemetry.Source.HasListeners() || Calls.Enabled;

    public static Activity? StartCall(UpstreamCall call)
    {
        if (!RegistryTelemetry.Source.HasListeners()) return null;
        var request = Activity.Current;
        var span = ParentInMessage(call, request) is { } parent
            ? RegistryTelemetry.Source.StartActivity(NameOf(call), ActivityKind.Server, parent, links: request is null ? null : [new ActivityLink(request.Context)])
            : RegistryTelemetry.Source.StartActivity(NameOf(call), ActivityKind.Server);
        Describe(span, call);
        return span;
    }

    public static void EndCall(Activity? span, UpstreamCall call, CallOutcome outcome, TimeSpan elapsed)
    {
        var ended = outcome.Failure?.WireName() ?? (outcome.Reply!.IsError ? "upstream_error" : outcome.Reply.Response.IsToolError ? ToolError : "ok");
        var tags = new TagList { { TelemetryTags.Service, call.Service.Name }, { "mcp.method.name", call.Method }, { TelemetryTags.Outcome, ended } };
        Calls.Add(1, tags);
        Duration.Record(elapsed.TotalSeconds, tags);
        if (span is null) return;
        span.SetTag("mcpregistry.attempts", outcome.Attempts);
        if (outcome.Failure is null)
        {
            NoteErrorOf(outcome.Reply!, span);
            return;
        }

        span.SetTag("mcpregistry.maybe_executed", outcome.MaybeExecuted);
        Fail(span, ended);
    }

    public static Activity? StartAttempt(UpstreamCall call, InstanceState instance)
    {
        if (!RegistryTelemetry.Source.HasListeners()) return null;
        var span = RegistryTelemetry.Source.StartActivity(NameOf(call), ActivityKind.Client);
        if (span is null) return null;
        Describe(span, call);
        span.SetTag(TelemetryTags.Instance, instance.InstanceId);
        span.SetTag("network.transport", instance.Address is null ? "pipe" : "tcp");
        if (instance.Client.Connection is { } connection) span.SetTag("mcp.protocol.version", connection.ProtocolVersion);
        if (instance.Address is not { } address) return span;
        span.SetTag("server.address", address.Host);
        span.SetTag("server.port", address.Port);
        return span;
    }

    /// <summary>The context that goes upstream with an attempt.</summary>
    public static Activity? PassedOn(Activity? span) => PassedOn(span, RegistryTelemetry.Source.HasListeners());

    /// <inheritdoc cref="PassedOn(Activity)"/>
    // What is not recorded here says so further on, where it would otherwise begin a trace without a beginning. Where nothing is ever
    // recorded here, what the client sent goes on as it came, and the server's own traces are its own affair.
    internal static Activity? PassedOn(Activity? span, bool isRecordedHere) => span ?? (isRecordedHere ? Activity.Current : null);

    public static void EndAttempt(Activity? span, InstanceState instance, UpstreamReply reply, bool timedOut)
    {
        if (Attempts.Enabled)
        {
            var outcome = timedOut ? "TimedOut" : reply.Outcome.ToString();
            Attempts.Add(1, new TagList { { TelemetryTags.Service, instance.ServiceName }, { TelemetryTags.Instance, instance.InstanceId }, { TelemetryTags.Outcome, outcome } });
        }

        if (span is null) return;
        if (reply.Outcome == UpstreamOutcome.Answered) NoteErrorOf(reply, span);
        else Fail(span, timedOut ? "timeout" : reply.Outcome.ToString(), reply.Detail);
    }

    // Names stand in a list; a URI may be any, and may hold a key.
    private static string? TargetOf(UpstreamCall call) => call.Method is "tools/call" or "prompts/get" ? call.Target : null;

    private static string NameOf(UpstreamCall call) => TargetOf(call) is { } target ? $"{call.Method} {target}" : call.Method;

    private static void Describe(Activity? span, UpstreamCall call)
    {
        if (span is null) return;
        span.SetTag("mcp.method.name", call.Method);
        span.SetTag(TelemetryTags.Service, call.Service.Name);
        if (call.Method == "tools/call") span.SetTag("gen_ai.operation.name", "execute_tool");
        if (TargetOf(call) is { } target) span.SetTag(call.Method == "prompts/get" ? "gen_ai.prompt.name" : "gen_ai.tool.name", target);
    }

    // The message is the client's own word, whatever lies between. Where the HTTP request is of the same trace, it is the nearer parent.
    private static ActivityContext? ParentInMessage(UpstreamCall call, Activity? request) =>
        call.Params.MetaString(MetaKeys.TraceParent) is { } parent
        && ActivityContext.TryParse(parent, call.Params.MetaString(MetaKeys.TraceState), isRemote: true, out var context)
        && context.TraceId != request?.TraceId ? context : null;

    private static void NoteErrorOf(UpstreamReply reply, Activity span)
    {
        if (reply.Response.IsToolError) Fail(span, ToolError);
        if (!reply.IsError) return;
        var code = JsonRpcErrors.CodeOf(reply.Error.Span)?.ToString(CultureInfo.InvariantCulture);
        if (code is not null) span.SetTag("rpc.response.status_code", code);
        Fail(span, code ?? "_OTHER");
    }

    private static void Fail(Activity span, string type, string? detail = null)
    {
        span.SetTag("error.type", type);
        span.SetStatus(ActivityStatusCode.Error, detail);
    }
}
