using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Sealing;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>
/// Registrations as they lie in Redis: JSON under a seal, where there is a key. What cannot be read is reported once and remembered, so
/// that whoever can read it does not lose it to us.
/// </summary>
/// <param name="cipher">For secrets. Null: this process was given no key, and keeps none.</param>
/// <param name="seals">For the whole.</param>
/// <param name="acceptUnsealed">Whether one without a seal is read all the same, as after an upgrade.</param>
/// <param name="policies">The load balancing policies there are. Null: the built-in ones.</param>
/// <param name="logger">Where the unreadable is reported.</param>
internal sealed partial class StoredRegistrations(SecretCipher? cipher, ClusterSeals seals, bool acceptUnsealed, LoadBalancingPolicySet? policies, ILogger logger) : IDisposable
{
    private static readonly StoredFault NoKey = new($"its secrets are encrypted and {RedisOptions.Section}:SecretKey is not set", false);
    private static readonly StoredFault NoSeal = new($"it has no seal. What an earlier version wrote is read with {RedisOptions.Section}:AcceptUnsealed", true);
    private static readonly StoredFault OtherSeal = new("its seal is of another key, or somebody changed it", false);

    // One cipher is not for several threads at once.
    private readonly Lock _turn = new();
    private readonly ConcurrentDictionary<string, string> _unreadable = new(StringComparer.Ordinal);

    public bool KeepsSecrets => cipher is not null;

    /// <summary>The unreadable entries of the last read: name and text.</summary>
    public IEnumerable<KeyValuePair<string, string>> Unreadable => _unreadable;

    /// <summary>The text of a registration.</summary>
    public string Write(ServiceRegistration registration)
    {
        byte[] json;
        lock (_turn) json = RegistrationJson.ToStored(cipher is null ? RegistrationSecrets.Map(registration, RefuseSecret) : cipher.Encrypt(registration));
        return SealedJson.Seal(seals, SealPurpose.Record, registration.Name, Encoding.UTF8.GetString(json));
    }

    /// <summary>Reads an entry. Null: it cannot be read, which was reported.</summary>
    public ServiceRegistration? Read(string name, string text)
    {
        var registration = TryRead(name, text, out var fault);
        if (registration is not null) _unreadable.TryRemove(name, out _);
        else if (!_unreadable.TryGetValue(name, out var known) || known != text)
        {
            _unreadable[name] = text;
            if (fault == NoSeal || fault == OtherSeal) ClusterSeals.Count(SealPurpose.Record);
            LogUnreadable(name.Length > 80 ? name[..80] : name, fault!.Reason);
        }
        return registration;
    }

    /// <summary>True for an entry that is to be written again under a seal.</summary>
    public bool IsToBeSealed(string text) => seals.AreOn && acceptUnsealed && !SealedJson.IsSealed(text);

    /// <summary>True for an entry that nobody can read, whatever key they have: its name is free.</summary>
    public bool IsDamaged(string name, string text) => TryRead(name, text, out var fault) is null && fault!.IsForGood;

    /// <summary>The entry is gone.</summary>
    public void Forget(string name) => _unreadable.TryRemove(name, out _);

    /// <summary>Only these are left.</summary>
    public void ForgetAllBut(IReadOnlySet<string> names)
    {
        foreach (var name in _unreadable.Keys.Where(name => !names.Contains(name))) Forget(name);
    }

    public void Dispose() => cipher?.Dispose();

    private ServiceRegistration? TryRead(string name, string text, out StoredFault? fault)
    {
        var json = SealedJson.Open(seals, SealPurpose.Record, name, text) ?? (IsToBeSealed(text) ? text : null);
        if (json is null)
        {
            fault = SealedJson.IsSealed(text) ? OtherSeal : NoSeal;
            return null;
        }
        var registration = StoredForm.Read(name, json, Decrypt, policies, out fault);
        if (fault == StoredFault.Secret && cipher is null) fault = NoKey;
        return registration;
    }

    private ServiceRegistration Decrypt(ServiceRegistration registration)
    {
        lock (_turn) return cipher is null ? RegistrationSecrets.MapEncrypted(registration, MissKey) : cipher.Decrypt(registration);
    }

    private static string RefuseSecret(string field, string value) => throw new InvalidOperationException($"{field} is a secret, and there is no key to keep it.");

    private static string MissKey(string field, string value) => throw new CryptographicException("There is no key.");

    [LoggerMessage(Level = LogLevel.Error, Message = "The registration of {Service} in Redis cannot be read, {Reason}; the service is left out")]
    private partial void LogUnreadable(string service, string reason);
}
