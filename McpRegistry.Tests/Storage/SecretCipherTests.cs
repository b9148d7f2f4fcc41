using System.Security.Cryptography;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Storage;

/// <summary>What a ciphertext is good for.</summary>
public sealed class SecretCipherTests : IDisposable
{
    // As versions of 2026 wrote it: AES-256-GCM with the key 1, 2, … 32, nonce, tag and text in base64url, bound to "bank\napi_key".
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private static readonly ServiceRegistration Bank = new()
    {
        Name = "bank",
        Version = 3,
        ApiKey = "secret",
        BaseUrl = new Uri("https://bank.example/mcp"),
        Config = new ServiceConfig { Instances = [new Uri("https://two.example:8443/mcp")] },
    };

    private readonly SecretCipher _cipher = new(Key);

    public void Dispose() => _cipher.Dispose();

    [Fact]
    public void It_is_readable_where_it_was_written_for_also_with_the_addresses_in_another_order()
    {
        var stored = _cipher.Encrypt(Bank);

        Assert.StartsWith("enc:v2:", stored.ApiKey, StringComparison.Ordinal);
        Assert.Equal("secret", _cipher.Decrypt(stored).ApiKey);
        Assert.Equal("secret", _cipher.Decrypt(stored with { BaseUrl = new Uri("https://two.example:8443/"), Config = stored.Config with { Instances = [new Uri("https://BANK.example/other")] } }).ApiKey);
    }

    [Fact]
    public void With_another_address_version_name_or_field_it_is_not()
    {
        var stored = _cipher.Encrypt(Bank);
        ServiceRegistration[] moved =
        [
            stored with { BaseUrl = new Uri("https://evil.example/mcp") },
            stored with { BaseUrl = new Uri("http://bank.example/mcp") },
            stored with { BaseUrl = new Uri("https://bank.example:444/mcp") },
            stored with { Config = stored.Config with { Instances = [] } },
            stored with { Config = stored.Config with { Instances = stored.Config.Instances.Add(new Uri("https://evil.example/")) } },
            stored with { Version = 4 },
            stored with { Name = "thief" },
            stored with { ApiKey = null, Config = stored.Config with { Headers = stored.Config.Headers.Add("X-Key", stored.ApiKey!) } },
        ];

        Assert.All(moved, one => Assert.ThrowsAny<CryptographicException>(() => _cipher.Decrypt(one)));
    }

    [Fact]
    public void What_was_encrypted_before_there_were_origins_is_read_and_written_anew()
    {
        using var aes = new AesGcm(Key, 16);
        var (nonce, tag, text) = (new byte[12], new byte[16], new byte[6]);
        aes.Encrypt(nonce, "secret"u8, text, tag, "bank\napi_key"u8);
        var old = Bank with { ApiKey = "enc:v1:" + System.Buffers.Text.Base64Url.EncodeToString([.. nonce, .. tag, .. text]) };

        var read = _cipher.Decrypt(old);

        Assert.Equal("secret", read.ApiKey);
        Assert.StartsWith("enc:v2:", _cipher.Encrypt(read).ApiKey, StringComparison.Ordinal);
        Assert.ThrowsAny<CryptographicException>(() => _cipher.Decrypt(old with { Name = "thief" }));
    }
}
