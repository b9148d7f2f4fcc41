using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Registration;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Registrations as they lie in Redis. What cannot be read is reported once and remembered, so that whoever can read it does not lose it to us.</summary>
/// <param name="cipher">For secrets. Null: this process was given no key, and keeps none.</param>
/// <param name="logger">Where the unreadable is reported.</param>
internal sealed partial class StoredRegistrations(SecretCipher? cipher, ILogger logger) : IDisposable
{
    // One cipher is not for several threads at once.
    private readonly Lock _turn = new();
    private readonly ConcurrentDictionary<string, string> _unreadable = new(StringComparer.Ordinal);

    public bool KeepsSecrets => cipher is not null;

    /// <summary>The unreadable entries of the last read: name and text.</summary>
    public IEnumerable<KeyValuePair<string, string>> Unreadable => _unreadable;

    /// <summary>The text of a registration.</summary>
    public byte[] Write(ServiceRegistration registration)
    {
        lock (_turn)
        {
            return RegistrationJson.ToStored(cipher is null ? RegistrationSecrets.Map(registration, RefuseSecret) : cipher.Encrypt(registration));
        }
    }

    /// <summary>Reads an entry. Null: it cannot be read, which was reported.</summary>
    public ServiceRegistration? Read(string name, string text)
    {
        var registration = TryRead(name, text, out var reason, out _);
        if (registration is not null) _unreadable.TryRemove(name, out _);
        else if (!_unreadable.TryGetValue(name, out var known) || known != text)
        {
            _unreadable[name] = text;
            LogUnreadable(name, reason);
        }
        return registration;
    }

    /// <summary>True for an entry that nobody can read, whatever key they have: its name is free.</summary>
    public bool IsDamaged(string name, string text) => TryRead(name, text, out _, out var isDamaged) is null && isDamaged;

    /// <summary>The entry is gone.</summary>
    public void Forget(string name) => _unreadable.TryRemove(name, out _);

    /// <summary>Only these are left.</summary>
    public void ForgetAllBut(IReadOnlySet<string> names)
    {
        foreach (var name in _unreadable.Keys.Where(name => !names.Contains(name))) Forget(name);
    }

    public void Dispose() => cipher?.Dispose();

    private ServiceRegistration? TryRead(string name, string text, out string reason, out bool isDamaged)
    {
        isDamaged = true;
        try
        {
            var registration = RegistrationJson.FromStored(Encoding.UTF8.GetBytes(text));
            reason = "it is another service's";
            if (registration.Name != name) return null;
            isDamaged = false;
            lock (_turn) return cipher is null ? RegistrationSecrets.MapEncrypted(registration, MissKey) : cipher.Decrypt(registration);
        }
        catch (JsonException)
        {
            reason = "it is damaged";
        }
        catch (CryptographicException)
        {
            reason = cipher is null ? $"its secrets are encrypted and {RedisOptions.Section}:SecretKey is not set" : "its secrets were encrypted with another key or are damaged";
        }
        return null;
    }

    private static string RefuseSecret(string field, string value) => throw new InvalidOperationException($"{field} is a secret, and there is no key to keep it.");

    private static string MissKey(string field, string value) => throw new CryptographicException("There is no key.");

    [LoggerMessage(Level = LogLevel.Error, Message = "The registration of {Service} in Redis cannot be read, {Reason}; the service is left out")]
    private partial void LogUnreadable(string service, string reason);
}
