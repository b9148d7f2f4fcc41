using System.Net.Sockets;
using System.Security.Authentication;

using McpRegistry.Core.Registration;

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
        if (failure is SecretNotFoundException) return HttpAnswer.NotSent(UpstreamOutcome.ConnectFailed, failure.Message);
        return mayHaveLeft
            ? HttpAnswer.Lost(UpstreamOutcome.SentButNoAnswer, Describe(failure))
            : HttpAnswer.NotSent(UpstreamOutcome.ConnectFailed, Describe(failure));
    }

    /// <summary>True for a failure that by its nature comes before anything is sent.</summary>
    public static bool IsBeforeSending(Exception failure) =>
        failure is SecretNotFoundException or HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        };

    // Words of our own: an exception's text may quote what the upstream sent.
    public static string Describe(Exception failure) => failure switch
    {
        SecretNotFoundException => failure.Message,
        OperationCanceledException => "no connection within the time allowed",
        HttpRequestException { InnerException: EgressDeniedException denied } => denied.Message,
        HttpRequestException { InnerException: SocketException socket } => $"connection failed: {socket.SocketErrorCode}",
        HttpRequestException { InnerException: AuthenticationException } => "TLS handshake failed",
        HttpRequestException http when http.HttpRequestError != HttpRequestError.Unknown => $"HTTP failed: {http.HttpRequestError}",
        HttpIOException io => $"HTTP failed: {io.HttpRequestError}",
        _ => "the connection broke",
    };
}
