namespace McpRegistry.Core.Upstream.Http;

/// <summary>Adds to each request of an instance what depends on the request itself.</summary>
internal interface IRequestStamp
{
    /// <summary>Called when the request is composed but for headers that say nothing to the receiver's door.</summary>
    void Put(HttpRequestMessage request, ReadOnlySpan<byte> body);
}
