using System.Text;
using System.Text.Json;

namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>A plain HTTP service that answers <c>POST /tools/pay</c> with anything.</summary>
internal sealed class PlainServer(Ledger ledger) : OddHandler(ledger)
{
    protected override async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get) return Status(200);
        if (Dice.OneIn(50)) throw NoConnection("unread");
        var call = JsonElement.Parse(await ReadAsync(request)).GetProperty("call").GetString()!;
        switch (Dice.Next(40))
        {
            case 0:
                Ledger.Arrived(call, isDenied: false, "reset");
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "reset", new IOException("reset"));
            case 1:
                Ledger.Arrived(call, isDenied: false, "silence");
                Ledger.Hopeless();
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                break;
        }

        var status = Dice.Of(200, 201, 202, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 421, 422, 429, 500, 502, 503, 504, 200 + Dice.Next(400));
        var body = OddBody.To("1", Dice);
        var end = Dice.Next(12) switch { 0 => BodyEnd.Reset, 1 when Dice.OneIn(4) => BodyEnd.Silence, _ => BodyEnd.Whole };
        Ledger.Arrived(call, Denial.ByPlainHttp(status), $"HTTP {status} {end}: {Encoding.UTF8.GetString(body.Text)}");
        if (end == BodyEnd.Silence) Ledger.Hopeless();
        var response = Status(status);
        response.Content = new StreamContent(new OddStream(body.Text, end, 1 + Dice.Next(200)));
        response.Content.Headers.TryAddWithoutValidation("Content-Type", Dice.Of("application/json", "text/plain", "text/html", "image/png"));
        if (Dice.OneIn(5)) response.Headers.TryAddWithoutValidation("Retry-After", "1");
        if (status is >= 300 and < 400) response.Headers.TryAddWithoutValidation("Location", Dice.Of("http://elsewhere.invalid/x", "//"));
        return response;
    }
}
