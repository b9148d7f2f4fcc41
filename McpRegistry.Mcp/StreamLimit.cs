using McpRegistry.Core.Clients;
using McpRegistry.Mcp.Clients;

using Microsoft.Extensions.Options;

namespace McpRegistry.Mcp;

/// <summary>The places of the open change streams of all clients.</summary>
internal sealed class StreamLimit(IOptions<McpOptions> options)
{
    private readonly FairPlaces _places = new(options.Value.MaxStreams);

    /// <summary>Takes a place for a stream, which ends when a client that has fewer needs it. Null: there is none.</summary>
    public FairPlaces.Place? TryEnter(HttpContext http, EventStream stream) => _places.TryEnter(Client.Of(http), stream.End);
}
