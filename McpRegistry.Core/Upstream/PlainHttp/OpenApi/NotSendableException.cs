namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>Something of a document cannot become a request. The message says why, in words of our own.</summary>
internal sealed class NotSendableException(string message) : Exception(message);
