using System.Net;

using McpRegistry.Core.Upstream.Http.Egress;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>Control traffic that failed for a moment is sent again, when the upstream wishes it, and only if nothing is done by it.</summary>
public sealed class ControlEgressTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_GET_is_sent_again_after_a_failure_that_passes(int status)
    {
        var upstream = new Scripted(status, 200);

        Assert.Equal(200, await PatientlyAsync(upstream, HttpMethod.Get));
        Assert.Equal(2, upstream.Count);
    }

    [Fact]
    public async Task It_is_sent_again_after_a_broken_connection_and_three_times_at_most()
    {
        var broken = new Scripted(0, 200);
        Assert.Equal(200, await PatientlyAsync(broken, HttpMethod.Get));
        Assert.Equal(2, broken.Count);

        var always = new Scripted(503);
        Assert.Equal(503, await PatientlyAsync(always, HttpMethod.Get));
        Assert.Equal(3, always.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(304)]
    public async Task An_answer_that_will_not_change_is_the_answer(int status)
    {
        var upstream = new Scripted(status);

        Assert.Equal(status, await PatientlyAsync(upstream, HttpMethod.Get));
        Assert.Equal(1, upstream.Count);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task What_changes_something_is_sent_once_whatever_is_answered(string method)
    {
        foreach (var status in (int[])[0, 408, 429, 500, 502, 503, 504])
        {
            var upstream = new Scripted(status, 200) { RetryAfter = "0" };

            await PatientlyAsync(upstream, new HttpMethod(method));

            Assert.Equal(1, upstream.Count);
        }
    }

    [Fact]
    public async Task As_long_as_the_upstream_asks_for_is_waited()
    {
        var upstream = new Scripted(503, 200) { RetryAfter = "5" };

        var answer = SendAsync(upstream, HttpMethod.Get, default);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal((false, 1), (answer.IsCompleted, upstream.Count));
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(200, await answer.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(2, upstream.Count);
    }

    [Fact]
    public async Task Who_asks_for_more_than_ten_seconds_is_left_alone()
    {
        var upstream = new Scripted(503, 200) { RetryAfter = "11" };

        Assert.Equal(503, await SendAsync(upstream, HttpMethod.Get, default).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, upstream.Count);
    }

    [Fact]
    public async Task Who_gives_up_is_not_kept_waiting()
    {
        using var caller = new CancellationTokenSource();
        var upstream = new Scripted(503, 200) { RetryAfter = "5" };

        var answer = SendAsync(upstream, HttpMethod.Get, caller.Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, upstream.Count);
    }

    // Time goes on by itself, so that only how often is asked matters.
    private async Task<int> PatientlyAsync(Scripted upstream, HttpMethod method)
    {
        var answer = SendAsync(upstream, method, default);
        for (var i = 0; i < 100 && !answer.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        return await answer;
    }

    private async Task<int> SendAsync(Scripted upstream, HttpMethod method, CancellationToken cancellationToken)
    {
        using var inner = new EgressLease(new HttpMessageInvoker(upstream), proxied: null, giveBack: () => { });
        using var egress = ControlEgress.Over(inner, _time, new Random(7));
        using var request = new HttpRequestMessage(method, "http://upstream.invalid/openapi.json");
        try
        {
            using var answer = await egress.SendAsync(request, cancellationToken);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException) { return 0; }
    }

    /// <summary>Answers with one status after the other, and then always with the last. 0: the connection breaks.</summary>
    private sealed class Scripted(params int[] statuses) : HttpMessageHandler
    {
        public string? RetryAfter { get; init; }

        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var status = statuses[Math.Min(Count++, statuses.Length - 1)];
            if (status == 0) throw new HttpRequestException(HttpRequestError.ResponseEnded, "reset");
            var answer = new HttpResponseMessage((HttpStatusCode)status);
            if (RetryAfter is not null) answer.Headers.TryAddWithoutValidation("Retry-After", RetryAfter);
            return Task.FromResult(answer);
        }
    }
}
