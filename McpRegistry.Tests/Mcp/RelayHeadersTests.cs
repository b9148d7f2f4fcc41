using McpRegistry.Mcp;

using Microsoft.AspNetCore.Http;

namespace McpRegistry.Tests.Mcp;

public sealed class RelayHeadersTests
{
    [Fact]
    public void A_request_takes_along_what_the_other_replica_reads_and_nothing_that_its_client_signs_in_with()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Host = "registry.test";
        request.Headers.Accept = "application/json, text/event-stream";
        request.Headers.ContentType = "application/json";
        request.Headers["Mcp-Session-Id"] = "s";
        request.Headers["mcp-protocol-version"] = "2025-11-25";
        request.Headers["Mcp-Param-Region"] = new(["eu", "us"]);
        request.Headers["traceparent"] = "00-1-2-01";
        // What stays here, and whatever else anybody thinks of.
        request.Headers.Authorization = "Bearer CANARY";
        request.Headers.ProxyAuthorization = "Basic CANARY";
        request.Headers.Cookie = "session=CANARY";
        foreach (var name in (string[])["X-Api-Key", "X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "Mcp-Registry-Relay", "mcp-registry-owner-relay", "Mcp-Registry-Else", "X-Amz-Security-Token", "Origin", "Referer"])
            request.Headers[name] = "CANARY";
        request.Headers.Connection = "keep-alive, X-Hop";
        request.Headers["X-Hop"] = "1";
        request.Headers.TransferEncoding = "chunked";
        request.Headers.ContentLength = 5;

        var headers = RelayHeaders.Of(request, "the mark").Select(one => $"{one.Key}: {one.Value}").Order(StringComparer.OrdinalIgnoreCase);

        Assert.Equal(
            [
                "Accept: application/json, text/event-stream", "Content-Type: application/json", "Host: registry.test", "Mcp-Param-Region: eu", "Mcp-Param-Region: us",
                "mcp-protocol-version: 2025-11-25", "Mcp-Registry-Relay: the mark", "Mcp-Session-Id: s", "traceparent: 00-1-2-01",
            ],
            headers);
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
