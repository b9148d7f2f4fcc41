using McpRegistry.Core.Registration.Secrets;
using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Registration.Validation;

/// <summary>Where an HTTP service is.</summary>
internal static class AddressRules
{
    private const int MostInstances = 64;
    private const int LongestUrl = 2048;
    private const int LongestPath = 4096;

    public static void Check(ServiceRegistration registration, RuleBook rules)
    {
        if (registration.BaseUrl is { } url) CheckUrl(url, "base_url", rules);

        var instances = registration.Config.Instances;
        if (rules.RequireAtMost(MostInstances, instances.Length, "config.instances"))
        {
            for (var i = 0; i < instances.Length; i++)
            {
                var field = FieldPath.Element("config.instances", i);
                CheckUrl(instances[i], field, rules);
                rules.Require(instances.IndexOf(instances[i]) == i, field, "The address is given twice.");
            }
        }
        if (registration is { Protocol: ServiceProtocol.Http, Config.AuthorityFile: { } file })
        {
            rules.Require(TextRules.IsLine(file, LongestPath) && Path.IsPathFullyQualified(file), "config.authority_file", "It must be the absolute path of a PEM file.");
            rules.Require(instances.Prepend(registration.BaseUrl).Any(IsHttps), "config.authority_file", "It is only for servers with an https address, and there is none.");
        }

        rules.Require(TextRules.IsUrlPath(registration.Config.Health.Path), "config.health.path", "It must be a path that starts with one '/'.");
        rules.Require(TextRules.IsUrlPath(registration.Config.OpenApi), "config.openapi", "It must be a path that starts with one '/'.");
        rules.Require(!UrlSecrets.HasHidden(registration.Config.Health.Path), "config.health.path", CredentialRules.NothingToKeep);
        rules.Require(!UrlSecrets.HasHidden(registration.Config.OpenApi), "config.openapi", CredentialRules.NothingToKeep);
    }

    private static bool IsHttps(Uri? url) => url is { IsAbsoluteUri: true } && url.Scheme == Uri.UriSchemeHttps;

    private static void CheckUrl(Uri url, string field, RuleBook rules)
    {
        var isHttp = url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.Host.Length > 0;
        rules.Require(isHttp, field, "It must be an absolute http or https URL.");
        if (!isHttp) return;
        rules.Require(url.OriginalString.Length <= LongestUrl, field, "It must be at most 2048 characters.");
        rules.Require(url.UserInfo.Length == 0, field, "It must not hold a user or password; use api_key or config.headers.");
        rules.Require(url.Fragment.Length == 0, field, "It must not have a fragment.");
        rules.Require(!UrlSecrets.HasHidden(url.OriginalString), field, CredentialRules.NothingToKeep);
    }
}
