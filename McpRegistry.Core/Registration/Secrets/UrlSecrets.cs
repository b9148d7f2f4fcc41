using System.Globalization;

namespace McpRegistry.Core.Registration.Secrets;

/// <summary>Where an address or a path holds secrets: its query, and what of its path is a key.</summary>
/// <remarks>On the text: <see cref="Uri"/> and <see cref="UriBuilder"/> would normalise the rest on the way, and know no queries of relative ones.</remarks>
internal static class UrlSecrets
{
    // What SecretCipher makes of a secret begins so, in whatever version.
    private const string Encrypted = "enc:";

    // No field of a registration begins so.
    private const string PartOfPath = "path:";

    /// <summary>Replaces the secrets of an address.</summary>
    /// <param name="field">The field it stands in. Parts of its path are named <c>path:2:field</c>, its query as the field.</param>
    /// <param name="text">An absolute URL, or a path with a query.</param>
    /// <param name="isPathSecret">True: all of the path. False: nothing of it. Null: what looks like a key.</param>
    /// <param name="change">Gets the field and the value, returns what stands there instead.</param>
    public static string Map(string field, string text, bool? isPathSecret, Func<string, string, string> change)
    {
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var end = query < 0 ? text.Length : query;
        var start = PathStart(text, end);
        var path = MapPath(field, text[start..end], isPathSecret, change);
        return text[..start] + path + (query < 0 || query == text.Length - 1 ? text[end..] : "?" + change(field, text[(query + 1)..]));
    }

    /// <summary>The same for a URL.</summary>
    public static Uri Map(string field, Uri url, bool? isPathSecret, Func<string, string, string> change)
    {
        var mapped = Map(field, url.OriginalString, isPathSecret, change);
        return mapped == url.OriginalString ? url : new Uri(mapped, UriKind.RelativeOrAbsolute);
    }

    /// <summary>True when its query, a value in that, or a part of its path is a hidden one.</summary>
    public static bool HasHidden(string text)
    {
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var end = query < 0 ? text.Length : query;
        var values = query < 0 ? [] : text[(query + 1)..].Split('&').Select(one => one[(one.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return values.Contains(RegistrationSecrets.Hidden) || text[PathStart(text, end)..end].Split('/').Contains(RegistrationSecrets.Hidden);
    }

    /// <summary>A path with its secret parts hidden.</summary>
    public static string ShownPath(string path, bool? isPathSecret) => MapPath("", path, isPathSecret, static (_, _) => RegistrationSecrets.Hidden);

    /// <summary>An absolute address as it may be shown: where it leads, without the query and the secret parts of the path.</summary>
    public static string Shown(Uri address, bool? isPathSecret) =>
        address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + ShownPath(address.AbsolutePath, isPathSecret);

    /// <summary>The field of a registration that a secret stands in.</summary>
    public static string FieldOf(string part) => IsPartOfPath(part) ? part[(part.IndexOf(':', PartOfPath.Length) + 1)..] : part;

    /// <summary>True for a part of a path.</summary>
    public static bool IsPartOfPath(string field) => field.StartsWith(PartOfPath, StringComparison.Ordinal);

    /// <summary>True for what was encrypted.</summary>
    public static bool IsEncrypted(string value) => value.StartsWith(Encrypted, StringComparison.Ordinal);

    private static string MapPath(string field, string path, bool? isPathSecret, Func<string, string, string> change)
    {
        var parts = path.Split('/');
        var isChanged = false;
        for (var i = 0; i < parts.Length; i++)
        {
            if (!IsSecret(parts[i], isPathSecret)) continue;
            parts[i] = change(string.Create(CultureInfo.InvariantCulture, $"{PartOfPath}{i}:{field}"), parts[i]);
            isChanged = true;
        }

        return isChanged ? string.Join('/', parts) : path;
    }

    private static bool IsSecret(string part, bool? isPathSecret) =>
        part.Length > 0 && (IsEncrypted(part) || (isPathSecret ?? KeyLikeness.Has(part)));

    private static int PathStart(string text, int end)
    {
        var authority = text.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0 || authority >= end) return 0;
        var slash = text.IndexOf('/', authority + "://".Length);
        return slash < 0 || slash > end ? end : slash;
    }
}
