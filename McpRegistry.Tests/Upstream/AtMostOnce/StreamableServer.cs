using System.Text;
using System.Text.Json;

namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>A server of Streamable HTTP that answers calls with anything.</summary>
internal sealed class StreamableServer(Ledger ledger, bool isModern, bool givesSessions) : OddHandler(ledger)
{
    private int _sessions;

    protected override async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post) return Status(405);
        var isUnreachable = Dice.OneIn(60);
        if (isUnreachable && request.Content!.Headers.ContentLength > 0 && IsCall(request)) throw NoConnection("unread");
        var message = JsonElement.Parse(await ReadAsync(request));
        if (Courtesy(message, isModern) is { } courtesy)
        {
            if (courtesy.Length == 0) return Status(202);
            var polite = Json(courtesy);
            if (givesSessions && message.GetProperty("method").ValueEquals("initialize")) polite.Headers.Add("Mcp-Session-Id", $"s-{Interlocked.Increment(ref _sessions)}");
            return polite;
        }

        return await AnswerCallAsync(CallOf(message), message.GetProperty("id").GetRawText(), cancellationToken);
    }

    // The modern era names the method in a header; the legacy one has nothing that tells without reading.
    private static bool IsCall(HttpRequestMessage request) =>
        request.Headers.TryGetValues("Mcp-Method", out var methods) ? methods.Single() == "tools/call" : request.Headers.Contains("Mcp-Session-Id");

    private async Task<HttpResponseMessage> AnswerCallAsync(string call, string id, CancellationToken cancellationToken)
    {
        switch (Dice.Next(60))
        {
            case 0:
                Ledger.Arrived(call, isDenied: false, "reset");
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "reset", new IOException("reset"));
            case 1:
                Ledger.Arrived(call, isDenied: false, "silence");
                Ledger.Hopeless();
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                break;
            case 2:
                // Our own gateway, or a bridge of ours, in between: it says what it knows.
                var isDenied = Dice.OneIn(2);
                Ledger.Arrived(call, isDenied, "relayed");
                return Json($$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"error":{"code":-32000,"message":"m","data":{"code":"upstream_failed","maybe_executed":{{{{(isDenied ? "false" : "true")}}}}}}}""", Dice.Of(200, 502, 503));
        }

        var status = Dice.OneIn(3) ? 200 : Dice.Of(200, 201, 202, 204, 301, 302, 303, 307, 308, 400, 400, 400, 401, 403, 404, 404, 404, 405, 406, 408, 409, 410, 413, 415, 421, 422, 429, 500, 502, 503, 200 + Dice.Next(400));
        var body = OddBody.To(id, Dice);
        var end = Dice.Next(12) switch { 0 => BodyEnd.Reset, 1 when Dice.OneIn(4) => BodyEnd.Silence, _ => BodyEnd.Whole };
        var isStream = Dice.OneIn(3);
        var denied = Denial.ByMcp(status, body, isModern, givesSessions);
        Ledger.Arrived(call, denied, $"HTTP {status} {(isStream ? "events" : "body")} {end}: {Encoding.UTF8.GetString(body.Text)}");
        if (end == BodyEnd.Silence) Ledger.Hopeless();
        var isPlainlyOurs = body is { Names: Named.Us, IsWellFormed: true } && !denied;
        // A body is whole only at its end, an event at the line after it.
        if (isPlainlyOurs && (end == BodyEnd.Whole || isStream)) Ledger.Answered();
        var text = isStream ? Events(body, id) : body.Text;
        var response = Status(status);
        response.Content = new StreamContent(new OddStream(text, end, 1 + Dice.Next(200)));
        if (isStream || Dice.Next(8) != 0) response.Content.Headers.TryAddWithoutValidation("Content-Type", isStream ? "text/event-stream" : Dice.Of("application/json", "application/json; charset=utf-8", "text/plain", "text/html"));
        if (!isStream && end == BodyEnd.Whole && Dice.OneIn(2)) response.Content.Headers.ContentLength = text.Length;
        if (Dice.OneIn(5)) response.Headers.TryAddWithoutValidation("Retry-After", "1");
        if (status is >= 300 and < 400) response.Headers.TryAddWithoutValidation("Location", Dice.Of("http://elsewhere.invalid/x", "https://elsewhere.invalid/", "//"));
        return response;
    }

    private byte[] Events(OddBody body, string id)
    {
        var stream = new StringBuilder();
        for (var before = Dice.Next(4); before > 0; before--)
        {
            stream.Append(Dice.Of(
                ": ping\n\n", "event: ping\ndata: ping\n\n", "event: heartbeat\ndata: {}\n\n", "id: 4\ndata:\n\n", "data: hello\n\n", "retry: 5\n\n",
                $"event: other\ndata: {{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{}}}}\n\n",
                "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":1}}\n\n",
                "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":null}\n\n",
                $"data: {{\"jsonrpc\":\"2.0\",\"id\":{id}999,\"result\":{{}}}}\r\n\r\n"));
        }

        // A line break inside would make it another event than the model thinks.
        var text = Encoding.Latin1.GetString(body.Text).Replace('\r', ' ').Replace('\n', ' ');
        stream.Append(Dice.Of("", "event: message\n", "id: 9\n")).Append("data: ").Append(text).Append("\n\n");
        return Encoding.Latin1.GetBytes(stream.ToString());
    }
}
