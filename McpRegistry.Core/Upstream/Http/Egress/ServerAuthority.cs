using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>
/// Takes a server's certificate only when an authority of a service's own file has signed it; the machine's authorities do
/// not count then. The file is read at each handshake, which is rare and dear enough, so that a renewed one is picked up.
/// </summary>
internal sealed class ServerAuthority(string file)
{
    /// <summary>Judges a certificate.</summary>
    /// <exception cref="AuthorityFileException">The file cannot be read or has no certificate.</exception>
    public bool Accepts(X509Certificate? certificate, X509Chain? received, SslPolicyErrors errors)
    {
        // The name must be right whoever signed it.
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(Authorities());
        // What stands between the authority and the server is the server's to send.
        if (received is not null) policy.ExtraStore.AddRange(received.ChainPolicy.ExtraStore);
        // Private authorities seldom publish whom they revoked.
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(copy);
    }

    private X509Certificate2Collection Authorities()
    {
        var authorities = new X509Certificate2Collection();
        try { authorities.ImportFromPemFile(file); }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException) { throw new AuthorityFileException("cannot be read", unreadable); }
        return authorities.Count > 0 ? authorities : throw new AuthorityFileException("holds no certificate", null);
    }

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
}

/// <summary>The file of a service's authorities is of no use.</summary>
internal sealed class AuthorityFileException(string problem, Exception? inner) : IOException($"its authority_file {problem}", inner);
