using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Discovery.Approval;

/// <summary>Tells one command from another: the program with all that decides what it does.</summary>
internal static class CommandMark
{
    private const int Digits = 32;
    private const int LongestShown = 200;

    /// <summary>The mark: of program, arguments, folder and variables. Values of secrets cannot be read from it.</summary>
    public static string Of(ServiceRegistration registration)
    {
        var config = registration.Config;
        string[] parts = [registration.Name, config.Command ?? "", config.Cwd ?? "", .. config.Args, "", .. config.Env.SelectMany(pair => new[] { pair.Key, pair.Value })];
        var text = JsonSerializer.Serialize(parts.Prepend(config.Args.Length.ToString(CultureInfo.InvariantCulture)).ToArray());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Digits];
    }

    /// <summary>The command as people write it, cut, on one line.</summary>
    public static string Show(ServiceRegistration registration)
    {
        var words = registration.Config.Args.Prepend(registration.Config.Command ?? "").Select(word => word.Length == 0 || word.Any(char.IsWhiteSpace) ? $"\"{word}\"" : word);
        var line = string.Concat(string.Join(' ', words).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length > LongestShown ? line[..LongestShown] + "…" : line;
    }
}
