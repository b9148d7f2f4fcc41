using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using StackExchange.Redis;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>How the client behaves: as its source says, and on top of that as a registry needs it.</summary>
internal static class RedisSettings
{
    private const int ConnectTimeout = 2000;

    /// <summary>Reads the source, judges what it says and adds what a registry needs.</summary>
    /// <exception cref="RegistryRefusedException">It must not be used so, or it, or the file of authorities, cannot be read.</exception>
    public static ConfigurationOptions Read(RedisClientSource source, RedisOptions options)
    {
        var settings = Parse(source);
        if (settings.EndPoints.Count == 0) throw new RegistryRefusedException($"ConnectionStrings:{RedisOptions.ConnectionName} names no server.");
        if (RedisReach.Refusal(settings, options) is { } open) throw new RegistryRefusedException(open);
        Apply(settings, options);
        return settings;
    }

    // A copy: what the source gave may be everybody's.
    private static ConfigurationOptions Parse(RedisClientSource source)
    {
        try { return source.Options().Clone(); }
        // Whatever it is: its text may quote what it could not read, and a password with a comma breaks in the middle.
        catch (Exception)
        {
            throw new RegistryRefusedException($"{source.Settings} cannot be read. A connection string is written as host:port,user=…,password=…,ssl=true; a password may have no comma.");
        }
    }

    private static void Apply(ConfigurationOptions settings, RedisOptions options)
    {
        // Redis away is a state to live with, not an error of the start.
        settings.AbortOnConnectFail = false;
        // What waits for a Redis that is away costs its caller the whole budget, and is written when nobody wants it any more.
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        settings.ConnectRetry = 1;
        settings.ConnectTimeout = ConnectTimeout;
        // The budget is kept elsewhere, this only clears the client's own list; it looks there once a second.
        settings.AsyncTimeout = settings.SyncTimeout = (int)Math.Max(1000, 2 * options.CommandTimeout.TotalMilliseconds);
        settings.ReconnectRetryPolicy = new LinearRetry(500);
        settings.KeepAlive = 5;
        // A managed Redis fails over without a word; this is how long a demoted one is taken for the master.
        settings.ConfigCheckSeconds = 2;
        settings.ClientName ??= "mcp-registry";
        // The client's own key and channel for agreeing on a master lie outside of our prefix, where an ACL user may not go.
        settings.TieBreaker = "";
        settings.ConfigurationChannel = "";
        settings.IncludeDetailInExceptions = false;
        if (options.AuthorityFile is { Length: > 0 } file) Trust(settings, file);
    }

    private static void Trust(ConfigurationOptions settings, string file)
    {
        var authorities = new X509Certificate2Collection();
        try { authorities.ImportFromPemFile(file); }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new RegistryRefusedException($"{RedisOptions.Section}:AuthorityFile {file} cannot be read: {unreadable.Message}");
        }
        if (authorities.Count == 0) throw new RegistryRefusedException($"{RedisOptions.Section}:AuthorityFile {file} has no certificate.");
        settings.CertificateValidation += (_, certificate, _, errors) => certificate is not null && IsSignedBy(authorities, certificate, errors);
    }

    private static bool IsSignedBy(X509Certificate2Collection authorities, X509Certificate certificate, SslPolicyErrors errors)
    {
        // The name must be right whoever signed it.
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        // Private authorities seldom publish whom they revoked.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(copy);
    }
}
