using System.Text;

namespace McpRegistry.Core.Catalog.Ownership;

/// <summary>
/// One spelling for all that mean the same place (RFC 3986, 6.2): without user, default port and last dot of the host, dot segments taken
/// out, letters and digits unescaped. Else an owned place could be listed once more in other letters. Only for telling whose a URI is;
/// what goes to a server stays as it came.
/// </summary>
internal static class UriSpelling
{
    /// <summary>The one spelling of a URI, or of the part of a template before its first expression.</summary>
    public static string Of(string uri)
    {
        var colon = uri.IndexOf(':');
        if (colon <= 0) return uri;
        var scheme = uri[..(colon + 1)].ToLowerInvariant();
        var rest = uri[(colon + 1)..];
        // "file:/etc" is "file:///etc".
        if (scheme == "file:" && rest.StartsWith('/') && !rest.StartsWith("//", StringComparison.Ordinal)) rest = "//" + rest;
        if (!rest.StartsWith("//", StringComparison.Ordinal)) return scheme + rest;
        var end = rest.AsSpan(2).IndexOfAny("/?#{") is >= 0 and var at ? at + 2 : rest.Length;
        return $"{scheme}//{HostOf(scheme, rest[2..end])}{PathOf(rest[end..])}";
    }

    private static string HostOf(string scheme, string authority)
    {
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        // A port that a scheme of a service's own names is no other place either: who answers is the service, not the port.
        if (host.LastIndexOf(':') is >= 0 and var colon && host.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            var port = host[(colon + 1)..];
            if (scheme is not ("http:" or "https:" or "file:") || port == "" || (scheme == "http:" && port == "80") || (scheme == "https:" && port == "443")) host = host[..colon];
        }

        host = Unescape(host).TrimEnd('.').ToLowerInvariant();
        return scheme == "file:" && host == "localhost" ? "" : host;
    }

    private static string PathOf(string tail)
    {
        var end = tail.AsSpan().IndexOfAny("?#{") is >= 0 and var at ? at : tail.Length;
        var path = Unescape(tail[..end]);
        if (!path.Contains("/.", StringComparison.Ordinal)) return path + tail[end..];
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            if (segments[i] == "..")
            {
                if (kept.Count > 1) kept.RemoveAt(kept.Count - 1);
                if (isLast) kept.Add("");
            }
            else if (segments[i] != ".") kept.Add(segments[i]);
            else if (isLast) kept.Add("");
        }

        return string.Join('/', kept) + tail[end..];
    }

    // %6E is n and %2E a dot; what separates (%2F) stays as it is. Once: %256E is the text "%6E".
    private static string Unescape(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal)) return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2])
                && (char)Convert.ToByte(text.Substring(i + 1, 2), 16) is var letter && (char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' or '~'))
            {
                plain.Append(letter);
                i += 2;
            }
            else plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
