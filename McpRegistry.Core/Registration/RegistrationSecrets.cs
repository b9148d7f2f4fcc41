using System.Collections.Immutable;

using McpRegistry.Core.Registration.Secrets;
using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Registration;

/// <summary>Where a registration holds secrets: said once, so that hiding, keeping and encrypting them cannot disagree.</summary>
internal static class RegistrationSecrets
{
    /// <summary>What is shown in place of a secret.</summary>
    public const string Hidden = "***";

    private const string OpenApi = "config.openapi";
    private const string HealthPath = "config.health.path";

    /// <summary>Replaces every secret: the API key, values of variables and headers, queries of URLs and the keys in their paths. References are none.</summary>
    /// <param name="registration">The registration.</param>
    /// <param name="change">Gets the field and the value, returns what stands there instead.</param>
    public static ServiceRegistration Map(ServiceRegistration registration, Func<string, string, string> change) => registration with
    {
        ApiKey = registration.ApiKey is { } key && !SecretReference.IsWhole(key) ? change("api_key", key) : registration.ApiKey,
        BaseUrl = registration.BaseUrl is { } url ? UrlSecrets.Map("base_url", url, registration.Config.SecretPath, change) : null,
        Config = registration.Config with
        {
            Env = MapValues("config.env", registration.Config.Env, change),
            Headers = MapValues("config.headers", registration.Config.Headers, change),
            Instances = [.. registration.Config.Instances.Select((url, index) => UrlSecrets.Map(FieldPath.Element("config.instances", index), url, registration.Config.SecretPath, change))],
            OpenApi = UrlSecrets.Map(OpenApi, registration.Config.OpenApi, registration.Config.SecretPath, change),
            Health = registration.Config.Health with { Path = UrlSecrets.Map(HealthPath, registration.Config.Health.Path, registration.Config.SecretPath, change) },
        },
    };

    /// <summary>Like <see cref="Map"/> for what was encrypted: where no secrets were looked for until the end of 2026, what stands there in clear is what is meant.</summary>
    public static ServiceRegistration MapEncrypted(ServiceRegistration registration, Func<string, string, string> change) =>
        Map(registration, (field, value) => IsLater(field) && !UrlSecrets.IsEncrypted(value) ? value : change(field, value));

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
        BaseUrl = incoming.BaseUrl is { } url ? KeepUrl(url, incoming, stored) : null,
        Config = incoming.Config with
        {
            Env = KeepValues(incoming.Config.Env, stored.Config.Env),
            Headers = KeepValues(incoming.Config.Headers, stored.Config.Headers),
            Instances = [.. incoming.Config.Instances.Select(one => KeepUrl(one, incoming, stored))],
            OpenApi = KeepText(OpenApi, incoming.Config.OpenApi, stored.Config.OpenApi, incoming, stored),
            Health = incoming.Config.Health with { Path = KeepText(HealthPath, incoming.Config.Health.Path, stored.Config.Health.Path, incoming, stored) },
        },
    };

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

    private static Uri KeepUrl(Uri url, ServiceRegistration incoming, ServiceRegistration stored)
    {
        if (!UrlSecrets.HasHidden(url.OriginalString)) return url;
        IEnumerable<Uri> known = stored.BaseUrl is { } first ? [first, .. stored.Config.Instances] : stored.Config.Instances;
        return known.FirstOrDefault(one => IsHiddenForm(url.OriginalString, "", one.OriginalString, incoming, stored)) ?? url;
    }

    private static string KeepText(string field, string text, string known, ServiceRegistration incoming, ServiceRegistration stored) =>
        UrlSecrets.HasHidden(text) && IsHiddenForm(text, field, known, incoming, stored) ? known : text;

    // Also by what the incoming one calls a secret: else a change of secret_path would show what was hidden.
    private static bool IsHiddenForm(string text, string field, string known, ServiceRegistration incoming, ServiceRegistration stored) =>
        MaskText(field, known, stored) == text && MaskText(field, known, incoming) == text;

    private static string MaskText(string field, string text, ServiceRegistration registration) => UrlSecrets.Map(field, text, registration.Config.SecretPath, (_, _) => Hidden);

    private static bool IsLater(string field) => UrlSecrets.IsPartOfPath(field) || field is OpenApi or HealthPath;
}
