using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage;

/// <summary>Encrypts the secrets inside a registration (AES-256-GCM), each bound to its service and field so that it cannot be moved to another.</summary>
internal sealed class SecretCipher(byte[] key) : IDisposable
{
    // The version allows another cipher later; no reference starts so.
    private const string Prefix = "enc:v1:";

    private readonly AesGcm _aes = new(key, AesGcm.TagByteSizes.MaxSize);

    /// <summary>The registration as it may lie on a disk.</summary>
    public ServiceRegistration Encrypt(ServiceRegistration registration) =>
        RegistrationSecrets.Map(registration, (field, value) => Encrypt(value, Binding(registration, field)));

    /// <summary>The registration with its secrets readable.</summary>
    /// <exception cref="CryptographicException">Another key, another service, another field, or damaged.</exception>
    public ServiceRegistration Decrypt(ServiceRegistration registration) =>
        RegistrationSecrets.MapEncrypted(registration, (field, value) => Decrypt(value, Binding(registration, field)));

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

    private string Decrypt(string value, byte[] binding)
    {
        if (!value.StartsWith(Prefix, StringComparison.Ordinal)) throw new CryptographicException("A secret is not encrypted.");
        byte[] sealedValue;
        try
        {
            sealedValue = Base64Url.DecodeFromChars(value.AsSpan(Prefix.Length));
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

    private static byte[] Binding(ServiceRegistration registration, string field) => Encoding.UTF8.GetBytes(registration.Name + "\n" + field);
}
