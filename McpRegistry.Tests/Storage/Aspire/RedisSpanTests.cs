using System.Collections.Concurrent;
using System.Diagnostics;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage.Redis;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

using OpenTelemetry;
using OpenTelemetry.Instrumentation.StackExchangeRedis;
using OpenTelemetry.Trace;

using StackExchange.Redis;

namespace McpRegistry.Tests.Storage.Aspire;

/// <summary>What traces show of Redis: what a request asked for, never the heartbeat of the background, and no key, token or value.</summary>
[Collection(AcceptanceRun.Collection)]
public sealed class RedisSpanTests
{
    private static readonly ActivitySource Requests = new(nameof(RedisSpanTests));

    [RedisTheory]
    [InlineData("gateway")]
    [InlineData("worker")]
    public async Task Commands_below_a_request_are_spans_of_its_trace_and_nothing_else_is(string program)
    {
        var spans = await RecordAsync(program);

        var request = Assert.Single(spans, span => span.Source == Requests);
        var commands = spans.Where(span => span.Source != Requests).ToArray();
        Assert.NotEmpty(commands);
        Assert.All(commands, span => Assert.Equal((request.TraceId, request.SpanId, ActivityKind.Client), (span.TraceId, span.ParentSpanId, span.Kind)));
        Assert.All(commands, span => Assert.Contains(span.DisplayName, (string[])["EVAL", "EVALSHA", "HGET", "SCRIPT"]));
    }

    [RedisFact]
    public async Task Spans_name_the_command_and_the_server_and_no_key_token_or_value()
    {
        var spans = await RecordAsync("gateway", ("McpRegistry:Redis:TraceBackground", "true"));

        var texts = spans.SelectMany(span => (string[])
            [span.DisplayName, span.StatusDescription ?? "", .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"), .. span.Events.SelectMany(one => one.Tags.Select(tag => $"{tag.Value}"))]).ToArray();
        Assert.Contains("db.system=redis", texts);
        Assert.All((string[])["{mcpregistry}", "password-of-redis", "traced-service", "redis.call"], secret => Assert.DoesNotContain(texts, text => text.Contains(secret, StringComparison.Ordinal)));
    }

    [RedisFact]
    public async Task The_background_is_recorded_when_it_is_asked_for_and_even_then_no_ping_is()
    {
        var spans = await RecordAsync("worker", ("McpRegistry:Redis:TraceBackground", "true"));

        Assert.Contains(spans, span => span.Source != Requests && span.ParentSpanId == default);
        Assert.DoesNotContain(spans, span => span.DisplayName == "PING");
    }

    [RedisFact]
    public async Task The_switch_of_the_integration_turns_them_off()
    {
        var spans = await RecordAsync("gateway", ($"{AspireHost.Section}:DisableTracing", "true"));

        Assert.Equal([Requests], spans.Select(span => span.Source));
    }

    [RedisFact]
    public async Task Where_traces_go_nowhere_no_client_is_recorded()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await using var host = AspireHost.Create("gateway", [("ConnectionStrings:redis", server.ConnectionString)]);
        await using var client = await server.ConnectAsync();

        Assert.Null(host.Provider.GetRequiredService<RedisClientSource>().Trace!(client));
    }

    [RedisFact]
    public async Task A_client_is_recorded_from_when_it_is_made_until_it_is_thrown_away()
    {
        await using var server = await RedisServerProcess.StartAsync();
        await server.ExecuteAsync("SET", "{mcpregistry}:schema", "somebody else's");
        var recorded = new ConcurrentDictionary<IConnectionMultiplexer, int>();
        await using var process = RedisProcess.Create(server.ConnectionString, client =>
        {
            recorded[client] = 1;
            return new Ending(() => recorded[client]--);
        });

        Assert.NotNull(await process.OpenAsync());
        // It is thrown away before the refusal is told; on a busy machine a first one that did not get through as well.
        Assert.NotEmpty(recorded);
        Assert.All(recorded.Values, left => Assert.Equal(0, left));
    }

    // One write below a request, and the watch of the connection beside it for at least one ping.
    private static async Task<IReadOnlyCollection<Activity>> RecordAsync(string program, params (string Name, string? Value)[] settings)
    {
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Password = "password-of-redis" });
        var spans = new ConcurrentQueue<Activity>();
        await using (var host = AspireHost.Create(program, [("ConnectionStrings:redis", server.ConnectionString), .. settings], builder => Trace(builder, spans)))
        {
            using var provider = host.Provider.GetRequiredService<TracerProvider>();
            Assert.Null(await host.OpenAsync());
            await host.Store.TrySeedAsync(new SharedContent(null, [], []), null, default);
            using (Requests.StartActivity("request")) Assert.True(await host.Store.TryAddAsync(new ServiceRegistration { Name = "traced-service", Version = 1 }, default));
            await host.Connection.RunAsync(database => database.PingAsync(), default);
        }
        return spans;
    }

    private static void Trace(WebApplicationBuilder builder, ConcurrentQueue<Activity> spans)
    {
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(Requests.Name).AddProcessor(new Keeping(spans)));
        builder.Services.Configure<StackExchangeRedisInstrumentationOptions>(options => options.FlushInterval = TimeSpan.FromMilliseconds(50));
    }

    private sealed class Keeping(ConcurrentQueue<Activity> spans) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => spans.Enqueue(data);
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
