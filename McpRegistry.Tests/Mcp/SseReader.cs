using System.Text;
using System.Text.Json;

namespace McpRegistry.Tests.Mcp;

/// <summary>Reads server-sent events one by one.</summary>
internal sealed class SseReader(HttpResponseMessage response, Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream);

    public static async Task<SseReader> OnAsync(HttpResponseMessage response)
    {
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new SseReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next message. Null: the stream ended. Comments are passed over.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        var data = new StringBuilder();
        while (await _reader.ReadLineAsync().WaitAsync(McpTestHost.Timeout) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) data.AppendLine(line[6..]);
            if (line.Length == 0 && data.Length > 0) return JsonElement.Parse(data.ToString());
        }
        return null;
    }

    public Task<string?> NextLineAsync() => _reader.ReadLineAsync().WaitAsync(McpTestHost.Timeout);

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }
}
