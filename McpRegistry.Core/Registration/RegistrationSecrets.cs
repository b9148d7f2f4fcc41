using System.Collections.Immutable;

using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Registration;

/// <summary>Where a registration holds secrets: said once, so that hiding, keeping and encrypting them cannot disagree.</summary>
internal static class RegistrationSecrets
{
    /// <summary>What is shown in place of a secret.</summary>
    public const string Hidden = "***";

    /// <summary>Replaces every secret: the API key, values of variables and headers, queries of URLs. References are none.</summary>
    /// <param name="registration">The registration.</param>
    /// <param name="change">Gets the field and the value, returns what stands there instead.</param>
    public static ServiceRegistration Map(ServiceRegistration registration, Func<string, string, string> change) => registration with
    {
        ApiKey = registration.ApiKey is { } key && !SecretReference.IsWhole(key) ? change("api_key", key) : registration.ApiKey,
        BaseUrl = registration.BaseUrl is { } url ? MapQuery("base_url", url, change) : null,
        Config = registration.Config with
        {
            Env = MapValues("config.env", registration.Config.Env, change),
            Headers = MapValues("config.headers", registration.Config.Headers, change),
            Instances = [.. registration.Config.Instances.Select((url, index) => MapQuery(FieldPath.Element("config.instances", index), url, change))],
        },
    };

    /// <summary>Hides every secret, and of the API key even where it is read from.</summary>
    public static ServiceRegistration Mask(ServiceRegistration registration) =>
        Map(registration, (_, _) => Hidden) with { ApiKey = registration.ApiKey is null ? null : Hidden };

    /// <summary>
    /// Puts the stored secrets where <paramref name="incoming"/> has them hidden; what was never stored stays hidden, which the validator
    /// refuses. So does everything when it names an address or program that the stored secrets were not given for.
    /// </summary>
    public static ServiceRegistration Keep(ServiceRegistration incoming, ServiceRegistration stored) => !SecretOrigins.Cover(stored, incoming) ? incoming : incoming with
    {
        ApiKey = incoming.ApiKey == Hidden ? stored.ApiKey ?? Hidden : incoming.ApiKey,
        BaseUrl = incoming.BaseUrl is { } url ? KeepQuery(url, stored) : null,
        Config = incoming.Config with
        {
            Env = KeepValues(incoming.Config.Env, stored.Config.Env),
            Headers = KeepValues(incoming.Config.Headers, stored.Config.Headers),
            Instances = [.. incoming.Config.Instances.Select(one => KeepQuery(one, stored))],
        },
    };

    /// <summary>True when the URL's query is a hidden one.</summary>
    public static bool HasHiddenQuery(Uri url) => QueryOf(url) == Hidden;

    private static ImmutableSortedDictionary<string, string> MapValues(
        string field, ImmutableSortedDictionary<string, string> values, Func<string, string, string> change)
    {
        var secrets = values.Where(pair => !SecretReference.IsWhole(pair.Value));
        return values.SetItems([.. secrets.Select(pair => KeyValuePair.Create(pair.Key, change(FieldPath.Member(field, pair.Key), pair.Value)))]);
    }

    private static ImmutableSortedDictionary<string, string> KeepValues(
        ImmutableSortedDictionary<string, string> incoming, ImmutableSortedDictionary<string, string> stored)
    {
        var hidden = incoming.Where(pair => pair.Value == Hidden && stored.ContainsKey(pair.Key));
        return incoming.SetItems([.. hidden.Select(pair => KeyValuePair.Create(pair.Key, stored[pair.Key]))]);
    }

    private static Uri MapQuery(string field, Uri url, Func<string, string, string> change) =>
        QueryOf(url) is { Length: > 0 } query ? WithQuery(url, change(field, query)) : url;

    private static Uri KeepQuery(Uri url, ServiceRegistration stored)
    {
        if (!HasHiddenQuery(url)) return url;
        IEnumerable<Uri> known = stored.BaseUrl is { } first ? [first, .. stored.Config.Instances] : stored.Config.Instances;
        return known.FirstOrDefault(one => QueryOf(one).Length > 0 && WithQuery(one, Hidden).OriginalString == url.OriginalString) ?? url;
    }

    // On the text: Uri and UriBuilder would normalise the rest of the address on the way, and know no queries of relative ones.
    private static string QueryOf(Uri url)
    {
        var text = url.OriginalString;
        var start = text.IndexOf('?', StringComparison.Ordinal);
        return start < 0 ? "" : text[(start + 1)..];
    }

    private static Uri WithQuery(Uri url, string query) =>
        new(url.OriginalString[..(url.OriginalString.IndexOf('?', StringComparison.Ordinal) + 1)] + query, UriKind.RelativeOrAbsolute);
}
