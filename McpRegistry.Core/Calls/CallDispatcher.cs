using System.Diagnostics;

using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Calls;

/// <summary>
/// The one place that decides about a call: pick an instance, send, learn from it, go to another one where that is safe.
/// A straight line, so that it can be read: nothing below it retries.
/// </summary>
internal sealed partial class CallDispatcher(
    CallDrain drain, TimeProvider time, IOptions<UpstreamOptions> options, ILogger<CallDispatcher> logger, IOwnerWait? ownerWait = null) : ICallDispatcher
{
    private const string NoRoom = "Too many large answers are on their way, so this one could not be kept; the call was executed.";
    private const string OurFault = "a fault of the gateway itself";

    private readonly TimeSpan _maxQueueWait = options.Value.MaxQueueWait;

    public ValueTask<CallOutcome> DispatchAsync(UpstreamCall call, CancellationToken cancellationToken) =>
        CallTelemetry.IsObserved ? DispatchObservedAsync(call, cancellationToken) : DispatchCoreAsync(call, cancellationToken);

    private async ValueTask<CallOutcome> DispatchObservedAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        using var span = CallTelemetry.StartCall(call);
        var started = time.GetTimestamp();
        var outcome = await DispatchCoreAsync(call, cancellationToken);
        CallTelemetry.EndCall(span, call, outcome, time.GetElapsedTime(started));
        return outcome;
    }

    private async ValueTask<CallOutcome> DispatchCoreAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        var service = call.Service;
        service.RetryBudget.Earn();
        var started = time.GetTimestamp();
        var timeouts = service.Registration.Config.Timeouts;
        var longest = call.Timeout is { } wish && wish < timeouts.Call ? wish : timeouts.Call;
        var tried = default(TriedInstances);
        Attempt last = default;
        var attempts = 0;
        var maybeExecuted = false;
        var hasWaited = false;

        while (attempts < FailoverRule.MaxAttempts && !drain.IsOver)
        {
            var remaining = longest - time.GetElapsedTime(started);
            if (remaining <= TimeSpan.Zero) break;
            var instance = InstancePicker.Pick(call, service, in tried, out var admission);
            if (instance is null && !hasWaited && ownerWait is not null && await ownerWait.WaitAsync(call, tried, remaining, cancellationToken) is { } moved)
            {
                (service, hasWaited) = (moved, true);
                continue;
            }

            instance ??= InstancePicker.LoneInstance(call, service, in tried);
            if (instance is null) break;
            hasWaited = false;
            tried.Add(instance);
            attempts++;
            // Left by safe calls when it hangs, if there is anywhere to go.
            var outage = call.IsSafe && service.Instances.Length > 1 ? instance.Outage : CancellationToken.None;
            using (admission)
            using (var deadline = new AttemptDeadline(time, timeouts.Idle < remaining ? timeouts.Idle : remaining, remaining, outage, drain.Over, cancellationToken))
                last = await AttemptAsync(call, instance, deadline);
            var reply = last.Reply;
            if (reply.Outcome == UpstreamOutcome.Answered)
            {
                if (call.Affinity is not null && instance.Client.Connection is { IsStateful: true }) call.Affinity.Bind(service.Name, instance.InstanceId);
                // A stdio service has an address only where another replica runs it.
                var isOfReplica = service.Registration.Protocol == ServiceProtocol.Stdio && instance.Address is not null;
                return CallOutcome.Answered(reply, service.Name, instance, attempts, isOfReplica);
            }

            maybeExecuted |= reply.WasSent;
            // What is wrong with us is wrong on the way to every instance.
            if (last.IsOurFault || cancellationToken.IsCancellationRequested) break;
            if (FailoverRule.IsNotDispatched(reply.Outcome)) continue;
            var lost = last.TimedOut || FailoverRule.IsAmbiguous(reply.Outcome);
            if (!lost || !(call.IsSafe || !reply.WasSent) || !service.RetryBudget.TrySpend()) break;
        }

        return Fail(call, last, attempts, maybeExecuted, cancellationToken);
    }

    private async ValueTask<Attempt> AttemptAsync(UpstreamCall call, InstanceState instance, AttemptDeadline deadline)
    {
        using var span = CallTelemetry.StartAttempt(call, instance);
        long entered;
        try
        {
            if (await instance.Load.TryEnterAsync(time, _maxQueueWait, deadline.Token, call.Client) is not { } slot)
                return new Attempt(instance, UpstreamReply.NotSent(UpstreamOutcome.Overloaded, "too many calls in flight", isAlive: true), false);
            entered = slot;
        }
        catch (OperationCanceledException)
        {
            return new Attempt(instance, UpstreamReply.Cancelled(wasSent: false), deadline.HasExpired);
        }

        instance.Audience.Used(call.Affinity);
        var request = RequestFor(call, deadline, span);
        UpstreamReply reply;
        var (answered, isOurFault) = (false, false);
        try
        {
            // A child is waited for by its own client.
            var isToConnect = instance.Client.Connection is null && instance.Address is not null;
            reply = (isToConnect ? await FailureToConnectAsync(instance.Client, deadline.Token) : null) ?? Judge(await instance.Client.SendAsync(request, deadline.Token));
            answered = reply.Outcome == UpstreamOutcome.Answered;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A client must not throw; if it does, that is our bug and not held against the instance, and the caller still gets one typed error.
            isOurFault = true;
            LogClientThrew(logger, e, instance.ServiceName, instance.InstanceId, request.Method, request.MayHaveLeft);
            reply = request.MayHaveLeft ? UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, OurFault) : UpstreamReply.NotSent(UpstreamOutcome.SentButNoAnswer, OurFault);
        }
        finally
        {
            instance.Audience.Used(call.Affinity);
            instance.Load.Exit(time, entered, answered, call.Client);
        }

        var timedOut = reply.Outcome == UpstreamOutcome.Cancelled && deadline.HasExpired;
        // Whoever waited for a start in vain has learned nothing of how the instance answers.
        if (timedOut && instance.Client.Connection is not null) instance.Health.RecordTimeout(entered);
        else if (!isOurFault) instance.Health.RecordCall(reply.Outcome, reply.IsAlive, reply.RefusalReason);
        CallTelemetry.EndAttempt(span, instance, reply, timedOut);
        return new Attempt(instance, reply, timedOut) { IsOurFault = isOurFault };
    }

    // A result is an object, whatever the method. Of anything else no face could make an answer, and it may have been executed.
    private static UpstreamReply Judge(UpstreamReply reply)
    {
        if (reply.Outcome != UpstreamOutcome.Answered || reply.IsError || reply.Result.Span is [(byte)'{', ..]) return reply;
        reply.Dispose();
        return UpstreamReply.Lost(UpstreamOutcome.ProtocolError, "its result is no object");
    }

    // Only of a lone instance, see InstancePicker: the others are connected by their watch, off the path of a call.
    private async ValueTask<UpstreamReply?> FailureToConnectAsync(IInstanceClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.ConnectAsync(cancellationToken).WaitAsync(_maxQueueWait, time, cancellationToken);
            return null;
        }
        catch (UpstreamException failure) { return UpstreamReply.NotConnected(failure); }
        catch (TimeoutException) { return UpstreamReply.NotSent(UpstreamOutcome.ConnectFailed, "no handshake in the time that a call waits"); }
        catch (OperationCanceledException) { return UpstreamReply.Cancelled(wasSent: false); }
    }

    private static UpstreamRequest RequestFor(UpstreamCall call, AttemptDeadline deadline, Activity? span) => new()
    {
        Method = call.Method,
        RoutingName = call.Target,
        Params = call.Params,
        Listener = call.Listener is null ? null : deadline.Listen(call.Listener),
        SignsOfLife = deadline,
        Headers = call.Headers,
        TraceParent = CallTelemetry.PassedOn(span)?.Id,
        TraceState = CallTelemetry.PassedOn(span)?.TraceStateString,
    };

    private CallOutcome Fail(UpstreamCall call, Attempt last, int attempts, bool maybeExecuted, CancellationToken cancellationToken)
    {
        var code = cancellationToken.IsCancellationRequested ? ErrorCode.Cancelled
            : drain.IsOver ? ErrorCode.Draining
            : last.Instance is null ? ErrorCode.NoHealthyInstance
            : last.TimedOut ? ErrorCode.UpstreamTimeout
            : FailoverRule.ToErrorCode(last.Reply);
        // Nothing was executed, so what the caller can do depends on what is left: nobody, or a full house.
        if (code == ErrorCode.UpstreamUnreachable && !call.Service.Instances.Any(one => one.IsAvailable)) code = ErrorCode.NoHealthyInstance;
        if (code != ErrorCode.Cancelled && !last.IsOurFault) LogCallFailed(logger, call.Service.Name, call.Method, code, attempts, maybeExecuted, last.Reply?.Detail ?? (code == ErrorCode.Draining ? "the gateway stops" : "no instance available"));
        var retryAfter = last.Reply?.RetryAfter ?? (code is ErrorCode.NoHealthyInstance or ErrorCode.UpstreamRateLimited or ErrorCode.Overloaded or ErrorCode.Draining ? TimeSpan.FromSeconds(1) : null);
        var detail = code == ErrorCode.InvalidArguments ? last.Reply?.Detail : last.Reply?.Outcome == UpstreamOutcome.NoRoom ? NoRoom : null;
        return CallOutcome.Failed(code, call.Service.Name, last.Instance?.InstanceId, attempts, maybeExecuted, retryAfter, detail);
    }

    private readonly record struct Attempt(InstanceState Instance, UpstreamReply Reply, bool TimedOut)
    {
        /// <summary>True when the client threw, which no upstream can make it do.</summary>
        public bool IsOurFault { get; init; }
    }
}
