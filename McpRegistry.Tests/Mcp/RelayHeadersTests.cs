using McpRegistry.Mcp;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Mcp;

public sealed class RelayHeadersTests
{
    [Fact]
    public void A_request_takes_along_all_but_what_is_about_its_connection()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Host = "registry.test";
        request.Headers.Authorization = "Bearer x";
        request.Headers.Append("X-Two", new(["a", "b"]));
        request.Headers.Connection = "keep-alive, X-Hop";
        request.Headers["X-Hop"] = "1";
        request.Headers.TransferEncoding = "chunked";
        request.Headers.ContentLength = 5;
        request.Headers[McpHeaders.Relay] = "somebody else";

        var headers = RelayHeaders.Of(request, "01234567").Select(one => $"{one.Key}: {one.Value}").Order(StringComparer.Ordinal);

        Assert.Equal(["Authorization: Bearer x", "Host: registry.test", "Mcp-Registry-Relay: 01234567", "X-Two: a", "X-Two: b"], headers);
    }

    [Fact]
    public void An_answer_brings_all_but_what_is_about_its_connection()
    {
        using var answer = new HttpResponseMessage { Content = new ByteArrayContent([1, 2, 3]) };
        answer.Headers.TryAddWithoutValidation("Connection", "close");
        answer.Headers.TryAddWithoutValidation("Date", "today");
        answer.Headers.TryAddWithoutValidation("Mcp-Session-Id", "s");
        answer.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        answer.Content.Headers.ContentLength = 3;
        var response = new DefaultHttpContext().Response;

        RelayHeaders.Copy(answer, response);

        Assert.Equal(["Content-Length: 3", "Content-Type: application/json", "Mcp-Session-Id: s"], response.Headers.Select(one => $"{one.Key}: {one.Value}").Order(StringComparer.Ordinal));
    }
}
