using System.Net;
using System.Text;
using System.Text.Json;

namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>A way out that leads to a server of our making in place of the network. Reads every request to its end, but where it says so.</summary>
internal abstract class OddHandler(Ledger ledger) : HttpMessageHandler
{
    protected Ledger Ledger { get; } = ledger;

    protected Dice Dice => Ledger.Dice;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var response = await AnswerAsync(request, cancellationToken);
        response.RequestMessage = request;
        return response;
    }

    protected abstract Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    protected static async Task<byte[]> ReadAsync(HttpRequestMessage request)
    {
        if (request.Content is null) return [];
        using var body = new MemoryStream();
        await request.Content.CopyToAsync(body);
        return body.ToArray();
    }

    protected static HttpResponseMessage Status(int status) => new((HttpStatusCode)status) { Content = new ByteArrayContent([]) };

    protected static HttpResponseMessage Json(string json, int status = 200)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return response;
    }

    /// <summary>What every kind of server says to the handshake and to a probe. Null: it is neither.</summary>
    protected static string? Courtesy(JsonElement message, bool isModern)
    {
        if (!message.TryGetProperty("id", out var id)) return "";
        var result = message.GetProperty("method").GetString() switch
        {
            "server/discover" when isModern => """{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"resultType":"complete"}""",
            "initialize" when !isModern => """{"protocolVersion":"2025-11-25","capabilities":{"tools":{}}}""",
            "ping" => "{}",
            "tools/call" => null,
            _ => "",
        };
        return result is null ? null
            : result.Length == 0 ? $$$"""{"jsonrpc":"2.0","id":{{{id.GetRawText()}}},"error":{"code":-32601,"message":"Method not found"}}"""
            : $$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},"result":{{result}}}""";
    }

    protected static string CallOf(JsonElement message) => message.GetProperty("params").GetProperty("arguments").GetProperty("call").GetString()!;

    /// <summary>No connection: the request stays where it is, and nothing of it can have been executed.</summary>
    protected Exception NoConnection(string call)
    {
        Ledger.Arrived(call, isDenied: true, "no connection");
        return new HttpRequestException(HttpRequestError.ConnectionError, "refused");
    }
}
