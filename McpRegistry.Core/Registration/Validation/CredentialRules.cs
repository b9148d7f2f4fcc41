using System.Collections.Frozen;

using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Registration.Validation;

/// <summary>What an HTTP service is sent beside the request itself.</summary>
internal static class CredentialRules
{
    /// <summary>Said where a hidden secret comes back and none is stored.</summary>
    public const string NothingToKeep = "*** stands for a stored secret, and none is stored here for these addresses: one that was given for another scheme, host or port, or another program, does not come along. Give the value or the reference again.";

    private const int MostHeaders = 64;
    private const int LongestValue = 8 * 1024;

    private static readonly FrozenSet<string> OwnHeaders = new[]
    {
        "Accept", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive", "Last-Event-ID", "Mcp-Method", "Mcp-Name",
        "Mcp-Protocol-Version", "Mcp-Session-Id", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static void Check(ServiceRegistration registration, RuleBook rules)
    {
        if (registration.ApiKey is { } key)
        {
            rules.Require(key.Length is > 0 and <= LongestValue && TextRules.IsHeaderValue(key), "api_key", "It must be 1 to 8192 printable ASCII characters.");
            rules.Require(key != RegistrationSecrets.Hidden, "api_key", NothingToKeep);
            rules.Require(!PlatformFiles.IsTakenBy(registration, key), "api_key", PlatformFiles.Refusal);
        }

        var headers = registration.Config.Headers;
        if (!rules.RequireAtMost(MostHeaders, headers.Count, "config.headers")) return;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            var field = FieldPath.Member("config.headers", name);
            rules.Require(TextRules.IsHeaderName(name), field, "It is not the name of a header.");
            rules.Require(names.Add(name), field, "The header is given twice, in different spellings.");
            rules.Require(!OwnHeaders.Contains(name), field, "The gateway sets this header itself.");
            rules.Require(value.Length <= LongestValue && TextRules.IsHeaderValue(value), field, "It must be at most 8192 printable ASCII characters on one line.");
            rules.Require(value != RegistrationSecrets.Hidden, field, NothingToKeep);
            rules.Require(!PlatformFiles.IsTakenBy(registration, value), field, PlatformFiles.Refusal);
        }
        rules.Require(registration.ApiKey is null || !names.Contains("Authorization"), "api_key", "Give either api_key or the header Authorization.");
    }
}
