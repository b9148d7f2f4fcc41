using System.Text.RegularExpressions;

namespace McpRegistry.Core.Registration;

/// <summary>Tells references to secrets from secrets.</summary>
internal static partial class SecretReference
{
    /// <summary>
    /// True when the whole value only says where a secret is, so that it may be stored and shown: <c>env:NAME</c>, <c>file:/path</c>,
    /// <c>${NAME}</c> or <c>${env:NAME}</c>, the last two also behind an authentication scheme. A default (<c>${NAME:-…}</c>) may be a secret itself.
    /// </summary>
    public static bool IsWhole(string value) => TryVariable(value, out _) || TryFile(value, out _) || Placeholder().IsMatch(value);

    /// <summary>True when resolving anything of the registration reads a variable or file of this process: a whole reference, or one within a value.</summary>
    public static bool IsUsedBy(ServiceRegistration registration)
    {
        var config = registration.Config;
        return config.AuthorityFile is not null || (registration.ApiKey is { } key && Reads(key)) || config.Headers.Values.Any(Reads) || config.Env.Values.Any(Reads) || config.Args.Any(Reads);
    }

    private static bool Reads(string value) => IsWhole(value) || value.Contains("${", StringComparison.Ordinal);

    /// <summary>Reads <c>env:NAME</c>.</summary>
    public static bool TryVariable(string value, out string name)
    {
        var match = Variable().Match(value);
        name = match.Groups["name"].Value;
        return match.Success;
    }

    /// <summary>Reads <c>file:/path</c>. <c>file://…</c> is a URL and <c>file:./…</c> what databases are opened by: both are plain values.</summary>
    public static bool TryFile(string value, out string path)
    {
        path = value.StartsWith("file:", StringComparison.Ordinal) ? value["file:".Length..] : "";
        return Path.IsPathFullyQualified(path) && !path.StartsWith("//", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\Aenv:(?<name>[A-Za-z_][A-Za-z0-9_]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\A(?:(?:Bearer|Basic|Token|ApiKey) )?\$\{(?:env:)?[A-Za-z_][A-Za-z0-9_]*\}\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Placeholder();
}
