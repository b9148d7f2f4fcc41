using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>A server of HTTP+SSE that answers calls with anything, on the stream and to the POST.</summary>
internal sealed class EventServer(Ledger ledger) : OddHandler(ledger)
{
    private readonly Lock _gate = new();
    private Pipe? _stream;

    protected override async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get) return await OpenAsync();
        if (request.Method != HttpMethod.Post || request.RequestUri!.AbsolutePath == "/mcp") return Status(405);
        var message = JsonElement.Parse(await ReadAsync(request));
        if (Courtesy(message, isModern: false) is { } courtesy)
        {
            if (courtesy.Length > 0) await WriteAsync(courtesy);
            return Status(202);
        }

        return await AnswerCallAsync(CallOf(message), message.GetProperty("id").GetRawText());
    }

    private async Task<HttpResponseMessage> AnswerCallAsync(string call, string id)
    {
        var body = OddBody.To(id, Dice);
        var isOurs = body is { Names: Named.Us, IsWellFormed: true };
        var text = Encoding.UTF8.GetString(body.Text);
        switch (Dice.Next(12))
        {
            case 0:
                // Refused: the stream says nothing of it.
                var status = Dice.Of(400, 401, 403, 404, 405, 413, 415, 422, 429);
                Ledger.Arrived(call, Denial.ByPost(status), $"POST {status}");
                Ledger.Hopeless();
                return Status(status);
            case 1:
                Ledger.Arrived(call, isDenied: false, "POST 5xx");
                Ledger.Hopeless();
                return Status(Dice.Of(500, 502, 503));
            case 2:
                Ledger.Arrived(call, isDenied: false, "the stream ends");
                Close();
                return Status(202);
            case 3:
                Ledger.Arrived(call, isDenied: false, "the POST breaks");
                Ledger.Hopeless();
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "reset", new IOException("reset"));
            case 4 when isOurs:
                // Refused by something in between that had no more patience, and executed all the same.
                var refusal = Dice.Of(307, 400, 401, 403, 404, 408, 409, 422, 429, 500, 503);
                Ledger.Arrived(call, isDenied: false, $"POST {refusal}, and then on the stream: {text}");
                Ledger.Answered();
                _ = WriteSoonAsync(text.Replace('\r', ' ').Replace('\n', ' '));
                return Status(refusal);
        }

        Ledger.Arrived(call, isDenied: false, $"on the stream: {text}");
        if (isOurs) Ledger.Answered();
        else Ledger.Hopeless();
        await WriteAsync(text.Replace('\r', ' ').Replace('\n', ' '));
        return Status(Dice.Of(200, 202));
    }

    private async Task<HttpResponseMessage> OpenAsync()
    {
        var stream = new Pipe();
        lock (_gate) _stream = stream;
        await stream.Writer.WriteAsync("event: endpoint\ndata: /messages?s=1\n\n"u8.ToArray());
        var response = Status(200);
        response.Content = new StreamContent(stream.Reader.AsStream());
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "text/event-stream");
        return response;
    }

    // Behind the answer to the POST, or nearly so.
    private async Task WriteSoonAsync(string text)
    {
        var before = Before();
        await Task.Yield();
        await WriteAsync(text, before);
    }

    private Task WriteAsync(string text) => WriteAsync(text, Before());

    private string Before() => Dice.Of("", ": ping\n\n", "event: ping\ndata: ping\n\n");

    private async Task WriteAsync(string text, string before)
    {
        Pipe? stream;
        lock (_gate) stream = _stream;
        if (stream is null) return;
        await stream.Writer.WriteAsync(Encoding.UTF8.GetBytes($"{before}event: message\ndata: {text}\n\n"));
    }

    private void Close()
    {
        lock (_gate)
        {
            _stream?.Writer.Complete();
            _stream = null;
        }
    }
}
