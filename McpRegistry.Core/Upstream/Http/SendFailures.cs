using System.Net.Sockets;
using System.Security.Authentication;

using McpRegistry.Core.Buffers;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Http.Coding;
using McpRegistry.Core.Upstream.Http.Egress;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>What a failed request means: whether it may have been executed is decided by whether its body was begun.</summary>
internal static class SendFailures
{
    /// <summary>True for what an upstream, the network or a caller can cause; anything else is a bug.</summary>
    public static bool IsExpected(Exception failure) => failure is HttpRequestException or IOException or OperationCanceledException or SecretNotFoundException;

    public static HttpAnswer Classify(Exception failure, bool mayHaveLeft, CancellationToken caller)
    {
        if (failure is OperationCanceledException && caller.IsCancellationRequested)
            return new HttpAnswer { Failure = UpstreamOutcome.Cancelled, WasSent = mayHaveLeft };
        if (failure is NoRoomException) return HttpAnswer.Lost(UpstreamOutcome.NoRoom, failure.Message);
        if (failure is UndecodableBodyException) return HttpAnswer.Lost(UpstreamOutcome.ProtocolError, failure.Message);
        if (failure is SecretNotFoundException || (!mayHaveLeft && IsOurOwn(failure))) return HttpAnswer.NotSent(UpstreamOutcome.ConnectFailed, Describe(failure)) with { IsOurOwn = true };
        return mayHaveLeft
            ? HttpAnswer.Lost(UpstreamOutcome.SentButNoAnswer, Describe(failure))
            : HttpAnswer.NotSent(UpstreamOutcome.ConnectFailed, Describe(failure));
    }

    /// <summary>True when nothing was asked of the other side: the gateway's own rules or settings are in the way.</summary>
    public static bool IsOurOwn(Exception failure) => failure is SecretNotFoundException or HttpRequestException { InnerException: EgressDeniedException };

    /// <summary>True for a failure that by its nature comes before anything is sent.</summary>
    public static bool IsBeforeSending(Exception failure) =>
        failure is SecretNotFoundException or HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError,
        };

    // Words of our own: an exception's text may quote what the upstream sent.
    public static string Describe(Exception failure) => failure switch
    {
        SecretNotFoundException => failure.Message,
        OperationCanceledException => "no connection within the time allowed",
        UndecodableBodyException => failure.Message,
        HttpRequestException { InnerException: EgressDeniedException denied } => denied.Message,
        HttpRequestException { InnerException: AuthorityFileException file } => file.Message,
        HttpRequestException { InnerException: SocketException socket } => $"connection failed: {socket.SocketErrorCode}",
        HttpRequestException { InnerException: AuthenticationException } => "TLS handshake failed: it speaks no TLS there, or its certificate is not trusted",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "the proxy does not lead there",
        // So does a server that speaks only HTTP/2 without TLS: it answers with frames, or not at all.
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded } =>
            "it gave no answer of HTTP/1.1, as servers do that speak only HTTP/2; those are reached over TLS",
        HttpRequestException http when http.HttpRequestError != HttpRequestError.Unknown => $"HTTP failed: {http.HttpRequestError}",
        HttpIOException io => $"HTTP failed: {io.HttpRequestError}",
        _ => "the connection broke",
    };
}
