using McpRegistry.Core.Registration.Secrets;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// Which redirects are followed: 307 and 308 within the origin, with method and body as they were. The others may mean that
/// the request was executed (RFC 9110, 15.4.4), and another origin must not get what is meant for this one.
/// </summary>
internal static class Redirects
{
    /// <summary>308: also for later requests.</summary>
    public const int Permanent = 308;

    private const int Temporary = 307;
    private const int LongestTarget = 256;

    /// <summary>Where the request is to be sent instead. Null: nowhere, this is the answer.</summary>
    public static Uri? NextHop(HttpRequestMessage request, HttpResponseMessage response) =>
        IsFollowed((int)response.StatusCode) && TargetOf(request.RequestUri!, response) is { } target && IsSameOrigin(request.RequestUri!, target) ? target : null;

    /// <summary>Why a redirect that is an answer was not followed, with its target but for the query and the keys in its path. Null: it is no redirect.</summary>
    public static string? Describe(HttpResponseMessage response, bool? isPathSecret)
    {
        var status = (int)response.StatusCode;
        if (status is < 300 or >= 400) return null;
        var origin = response.RequestMessage!.RequestUri!;
        if (TargetOf(origin, response) is not { } target) return $"it redirects (HTTP {status}) without saying where; such redirects are not followed";
        var shown = UrlSecrets.Shown(target, isPathSecret);
        if (shown.Length > LongestTarget) shown = shown[..LongestTarget];
        if (!IsSameOrigin(origin, target)) return $"it redirects (HTTP {status}) to {shown}; redirects are not followed to another origin";
        return IsFollowed(status)
            ? $"it redirects (HTTP {status}) to {shown}; redirects are not followed without end"
            : $"it redirects (HTTP {status}) to {shown}; such redirects are not followed";
    }

    private static bool IsFollowed(int status) => status is Temporary or Permanent;

    private static Uri? TargetOf(Uri origin, HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Location", out var values) && Uri.TryCreate(origin, values.ToString(), out var target)
        && (target.Scheme == Uri.UriSchemeHttp || target.Scheme == Uri.UriSchemeHttps) ? target : null;

    private static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase) && other.UserInfo.Length == 0;
}
