using System.Globalization;

using McpRegistry.Core.Json;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Catalog;

/// <summary>Says why a list could not be read, in words of our own.</summary>
internal static class ListFailures
{
    public const string NoJson = "its answer was no JSON";

    /// <summary>What an attempt that brought no result shows.</summary>
    public static string Of(UpstreamReply reply, IInstanceClient client)
    {
        if (reply.Outcome == UpstreamOutcome.Answered)
            return JsonRpcErrors.CodeOf(reply.Error.Span) is { } code ? string.Create(CultureInfo.InvariantCulture, $"it answered an error ({code})") : "it answered an error";
        var status = StatusIn(reply.Detail);
        return status switch
        {
            401 or 403 => $"it refused our credentials (HTTP {status})",
            429 => "it asks us to slow down (HTTP 429)",
            not null when reply.Outcome != UpstreamOutcome.ResponseTooLarge => $"it answered HTTP {status}",
            _ => ByOutcome(reply.Outcome, client),
        };
    }

    public static string Silence(TimeSpan limit) => string.Create(CultureInfo.InvariantCulture, $"it did not answer within {Seconds(limit)}");

    public static string TooSlow(TimeSpan limit) => string.Create(CultureInfo.InvariantCulture, $"all its pages together took more than {Seconds(limit)}");

    private static string ByOutcome(UpstreamOutcome outcome, IInstanceClient client) => outcome switch
    {
        // Whoever makes the list from a document is asked for nothing else.
        UpstreamOutcome.ConnectFailed when client is IReportsLeftOut => "the document that describes it cannot be read",
        UpstreamOutcome.ConnectFailed => "it cannot be reached",
        UpstreamOutcome.Refused => "it refused the request",
        UpstreamOutcome.Overloaded => "it takes no more requests",
        UpstreamOutcome.ProtocolError => NoJson,
        UpstreamOutcome.ResponseTooLarge => "its answer is too large",
        UpstreamOutcome.Cancelled => "it did not answer",
        _ => "the connection ended before the answer",
    };

    // The clients write "HTTP 401" and no more of the upstream's; the number is all that is taken of it here.
    private static int? StatusIn(string? detail)
    {
        const string Mark = "HTTP ";
        var at = detail?.IndexOf(Mark, StringComparison.Ordinal) ?? -1;
        if (at < 0 || detail!.Length < at + Mark.Length + 3) return null;
        return int.TryParse(detail.AsSpan(at + Mark.Length, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 300 and < 600 ? status : null;
    }

    private static string Seconds(TimeSpan limit) => string.Create(CultureInfo.InvariantCulture, $"{limit.TotalSeconds:0.###} s");
}
