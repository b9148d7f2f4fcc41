using System.Diagnostics;
using System.Text;

using McpRegistry.Core.Calls;
using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.Health;
using McpRegistry.Core.Json;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Calls;

public sealed class CallTelemetryTests : IDisposable
{
    private const string Service = "traced";
    private readonly List<Activity> _ended = [];
    private readonly ActivityListener _listener;
    private readonly FakeInstanceClient _client = new();
    private UpstreamRequest? _sent;

    public CallTelemetryTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RegistryTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                // Other tests trace their own calls at the same time.
                if (Equals(activity.GetTagItem("mcpregistry.service"), Service)) lock (_ended) _ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
        _client.Answer = (request, _) =>
        {
            _sent = request;
            return ValueTask.FromResult(FakeInstanceClient.Result("{}"));
        };
    }

    [Fact]
    public async Task The_trace_goes_from_the_client_over_call_and_attempt_to_the_upstream()
    {
        const string Client = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        await CallAsync($$$"""{"name":"echo","_meta":{"traceparent":"{{{Client}}}","tracestate":"a=b"}}""");

        var attempt = _ended[0];
        var call = _ended[1];
        Assert.Equal(("tools/call echo", "tools/call echo"), (call.DisplayName, attempt.DisplayName));
        Assert.Equal((ActivityKind.Server, ActivityKind.Client), (call.Kind, attempt.Kind));
        Assert.Equal("b7ad6b7169203331", call.ParentSpanId.ToHexString());
        Assert.Equal(call.SpanId, attempt.ParentSpanId);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", attempt.TraceId.ToHexString());
        Assert.Equal(attempt.Id, _sent!.TraceParent);
        Assert.Equal("a=b", _sent.TraceState);
    }

    [Fact]
    public async Task The_span_of_the_http_request_is_the_parent_when_it_is_of_the_clients_trace()
    {
        using var http = new Activity("POST").SetParentId("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").Start();

        await CallAsync("""{"name":"echo","_meta":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-2222222222222222-01"}}""");

        Assert.Equal(http.SpanId, _ended[1].ParentSpanId);
    }

    [Fact]
    public async Task The_message_says_the_parent_where_the_http_request_is_of_another_trace_and_the_two_are_linked()
    {
        using var http = new Activity("POST").SetParentId("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").Start();

        await CallAsync("""{"name":"echo","_meta":{"traceparent":"00-11111111111111111111111111111111-2222222222222222-01"}}""");

        Assert.Equal(("11111111111111111111111111111111", "2222222222222222"), (_ended[1].TraceId.ToHexString(), _ended[1].ParentSpanId.ToHexString()));
        Assert.Equal(http.Context, Assert.Single(_ended[1].Links).Context);
    }

    [Theory]
    [InlineData(true, "tool_error", "tool_error")]
    [InlineData(false, "-32602", "upstream_error")]
    public async Task What_a_server_answers_as_an_error_is_one_in_the_trace_and_in_the_metrics(bool isOfTool, string type, string outcome)
    {
        using var calls = new MetricCollector<long>(RegistryTelemetry.Meter, "mcpregistry.calls");
        using var attempts = new MetricCollector<long>(RegistryTelemetry.Meter, "mcpregistry.attempts");
        _client.Answer = (_, _) => ValueTask.FromResult(isOfTool ? FakeInstanceClient.Result("""{"content":[],"isError":true}""") : FakeInstanceClient.Error(-32602));

        await CallAsync("""{"name":"echo"}""");

        Assert.All(_ended, span => Assert.Equal((type, ActivityStatusCode.Error), (span.GetTagItem("error.type"), span.Status)));
        Assert.Contains(calls.GetMeasurementSnapshot(), one => Equals(one.Tags["mcpregistry.service"], Service) && Equals(one.Tags["mcpregistry.outcome"], outcome));
        Assert.Contains(attempts.GetMeasurementSnapshot(), one => Equals(one.Tags["mcpregistry.service"], Service) && Equals(one.Tags["mcpregistry.instance"], "1"));
    }

    [Fact]
    public void Only_where_calls_are_recorded_at_all_one_that_is_not_says_so_upstream()
    {
        using var request = new Activity("POST").Start();

        Assert.Same(request, CallTelemetry.PassedOn(null, isRecordedHere: true));
        Assert.Null(CallTelemetry.PassedOn(null, isRecordedHere: false));
    }

    [Fact]
    public async Task Calls_are_counted_by_how_they_ended()
    {
        using var calls = new MetricCollector<long>(RegistryTelemetry.Meter, "mcpregistry.calls");
        _client.Answer = (_, _) => ValueTask.FromResult(UpstreamReply.Lost(UpstreamOutcome.SentButNoAnswer, "gone"));

        await CallAsync("""{"name":"echo"}""");

        Assert.Contains(calls.GetMeasurementSnapshot(), one => Equals(one.Tags["mcpregistry.service"], Service) && Equals(one.Tags["mcpregistry.outcome"], "upstream_failed"));
        Assert.Equal(ActivityStatusCode.Error, _ended[^1].Status);
    }

    public void Dispose() => _listener.Dispose();

    private async Task CallAsync(string parameters)
    {
        var instance = new InstanceState(Service, "1", null, _client, new InstanceHealth(new HealthSettings(), TimeProvider.System, new Random(1)), new InstanceLoad(1, 0));
        var dispatcher = new CallDispatcher(new CallDrain(), TimeProvider.System, Options.Create(new UpstreamOptions()), NullLogger<CallDispatcher>.Instance);
        using var outcome = await dispatcher.DispatchAsync(
            new UpstreamCall
            {
                Service = new ServiceSnapshot { Registration = new ServiceRegistration { Name = Service }, Policy = new NoPolicy(), Instances = [instance] },
                Method = "tools/call",
                Target = "echo",
                Params = RequestParams.Parse(Encoding.UTF8.GetBytes(parameters)),
                IsSafe = false,
            },
            CancellationToken.None);
    }

    private sealed class NoPolicy : ILoadBalancingPolicy
    {
        public string Name => "No";

        public InstanceState Pick(ReadOnlySpan<InstanceState> candidates) => candidates[0];
    }
}
