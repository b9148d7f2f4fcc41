using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>The key that all processes share, so that each can read the secrets that another stored, and tell what another wrote from a forgery.</summary>
internal static class RedisSecretKey
{
    private const int KeyBytes = 32;

    /// <summary>The key. Null: none was set.</summary>
    /// <exception cref="RegistryRefusedException">It was set, and is no key.</exception>
    public static byte[]? Read(RedisOptions options, ISecretResolver secrets)
    {
        if (options.SecretKey is not { Length: > 0 } setting) return null;
        string text;
        try { text = secrets.Resolve(setting); }
        catch (SecretNotFoundException missing) { throw Refusal(missing.Message); }
        var key = new byte[KeyBytes + 1];
        if (!Convert.TryFromBase64String(text.Trim(), key, out var length) || length != KeyBytes) throw Refusal($"It must be {KeyBytes} bytes as base64.");
        return key[..KeyBytes];
    }

    private static RegistryRefusedException Refusal(string reason) => new($"{RedisOptions.Section}:SecretKey cannot be used. {reason}");
}
