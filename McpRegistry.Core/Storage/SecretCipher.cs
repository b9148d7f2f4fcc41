using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage;

/// <summary>
/// Encrypts the secrets inside a registration (AES-256-GCM), each bound to its service and field, to the version of the registration
/// and to the origins it was given for (<see cref="SecretOrigins"/>): moved to another it cannot be read.
/// </summary>
internal sealed class SecretCipher(byte[] key) : IDisposable
{
    // The version allows another cipher later; no reference starts so.
    private const string Prefix = "enc:v2:";

    // Written until the end of 2026, bound to service and field alone. It is read, and written anew with the next change.
    private const string PrefixOfFirst = "enc:v1:";

    private readonly AesGcm _aes = new(key, AesGcm.TagByteSizes.MaxSize);

    /// <summary>The registration as it may lie on a disk.</summary>
    public ServiceRegistration Encrypt(ServiceRegistration registration)
    {
        var whole = BindingOf(registration);
        return RegistrationSecrets.Map(registration, (field, value) => Encrypt(value, Binding(registration, field, whole)));
    }

    /// <summary>The registration with its secrets readable.</summary>
    /// <exception cref="CryptographicException">Another key, another service, field or version, other origins, or damaged.</exception>
    public ServiceRegistration Decrypt(ServiceRegistration registration)
    {
        var whole = BindingOf(registration);
        return RegistrationSecrets.MapEncrypted(registration, (field, value) => value.StartsWith(PrefixOfFirst, StringComparison.Ordinal)
            ? Decrypt(value, PrefixOfFirst, Binding(registration, field, ""))
            : Decrypt(value, Prefix, Binding(registration, field, whole)));
    }

    public void Dispose() => _aes.Dispose();

    private string Encrypt(string value, byte[] binding)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var nonceSize = AesGcm.NonceByteSizes.MaxSize;
        var tagSize = AesGcm.TagByteSizes.MaxSize;
        var sealedValue = new byte[nonceSize + tagSize + plain.Length];
        var nonce = sealedValue.AsSpan(0, nonceSize);
        RandomNumberGenerator.Fill(nonce);
        _aes.Encrypt(nonce, plain, sealedValue.AsSpan(nonceSize + tagSize), sealedValue.AsSpan(nonceSize, tagSize), binding);
        return Prefix + Base64Url.EncodeToString(sealedValue);
    }

    private string Decrypt(string value, string prefix, byte[] binding)
    {
        if (!value.StartsWith(prefix, StringComparison.Ordinal)) throw new CryptographicException("A secret is not encrypted.");
        byte[] sealedValue;
        try
        {
            sealedValue = Base64Url.DecodeFromChars(value.AsSpan(prefix.Length));
        }
        catch (FormatException damaged)
        {
            throw new CryptographicException("A secret is damaged.", damaged);
        }
        var nonceSize = AesGcm.NonceByteSizes.MaxSize;
        var tagSize = AesGcm.TagByteSizes.MaxSize;
        if (sealedValue.Length < nonceSize + tagSize) throw new CryptographicException("A secret is damaged.");
        var plain = new byte[sealedValue.Length - nonceSize - tagSize];
        _aes.Decrypt(sealedValue.AsSpan(0, nonceSize), sealedValue.AsSpan(nonceSize + tagSize), sealedValue.AsSpan(nonceSize, tagSize), plain, binding);
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] Binding(ServiceRegistration registration, string field, string whole) => Encoding.UTF8.GetBytes(registration.Name + "\n" + field + whole);

    // Neither a field nor an origin holds a line break.
    private static string BindingOf(ServiceRegistration registration) =>
        string.Create(CultureInfo.InvariantCulture, $"\n{registration.Version}\n{string.Join('\n', SecretOrigins.Of(registration))}");
}
