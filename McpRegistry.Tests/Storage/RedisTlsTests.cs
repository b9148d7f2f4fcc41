using McpRegistry.Core.Storage;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Redis;

namespace McpRegistry.Tests.Storage;

/// <summary>Redis over TLS, with a certificate that only this test's authority vouches for.</summary>
// A start waits two seconds for Redis, and a busy machine takes longer to connect.
[Collection(AcceptanceRun.Collection)]
public sealed class RedisTlsTests
{
    [RedisFact]
    public async Task A_certificate_of_the_configured_authority_is_trusted()
    {
        using var certificates = new RedisCertificates();
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Tls = certificates, Password = "secret-word" });

        await using var process = await (await RedisProcess.OpenAsync(server.ConnectionString, ("AuthorityFile", certificates.AuthorityFile))).SeededAsync();

        Assert.True(await process.Store.TryAddAsync(new() { Name = "alpha", Version = 1 }, default));
    }

    [RedisFact]
    public async Task A_certificate_of_an_unknown_or_another_authority_is_refused()
    {
        using var certificates = new RedisCertificates();
        using var others = new RedisCertificates();
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Tls = certificates });

        foreach (var file in new[] { null, others.AuthorityFile })
        {
            var refused = await Assert.ThrowsAsync<RegistryRefusedException>(() => RedisProcess.OpenAsync(server.ConnectionString, ("AuthorityFile", file)));
            Assert.Contains("its certificate is not trusted", refused.Message, StringComparison.Ordinal);
        }
    }

    [RedisFact]
    public async Task A_trusted_certificate_for_another_name_is_refused()
    {
        using var certificates = new RedisCertificates();
        await using var server = await RedisServerProcess.StartAsync(new RedisServerSettings { Tls = certificates });
        var elsewhere = server.ConnectionString.Replace("sslHost=localhost", "sslHost=redis.example", StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<RegistryRefusedException>(() => RedisProcess.OpenAsync(elsewhere, ("AuthorityFile", certificates.AuthorityFile)));

        Assert.Contains("RemoteCertificateNameMismatch", refused.Message, StringComparison.Ordinal);
    }
}
