namespace McpRegistry.Tests.Redis;

/// <summary>How a Redis of a test is set up; by default open, without TLS, and forgetting everything when it ends.</summary>
internal sealed record RedisServerSettings
{
    /// <summary>The password of the default user. Null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether each write is on the disk before it is acknowledged, so that it survives <c>kill -9</c>.</summary>
    public bool Persistent { get; init; }

    /// <summary>The certificates for TLS; then there is no plain port. Null: no TLS.</summary>
    public RedisCertificates? Tls { get; init; }

    /// <summary>Further lines of the configuration file, such as <c>user app on >secret ~* &amp;* +@all</c>.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>The lines for a server on <paramref name="port"/>.</summary>
    public IEnumerable<string> ConfigurationOn(int port, string folder)
    {
        yield return "bind 127.0.0.1";
        yield return $"port {(Tls is null ? port : 0)}";
        yield return $"dir {folder}";
        yield return "save \"\"";
        yield return $"appendonly {(Persistent ? "yes" : "no")}";
        yield return "appendfsync always";
        // Diskless replication to be fast, and no pause before it.
        yield return "repl-diskless-sync-delay 0";
        if (Password is not null)
        {
            yield return $"requirepass {Password}";
            yield return $"masterauth {Password}";
        }
        if (Tls is not null)
        {
            yield return $"tls-port {port}";
            yield return $"tls-cert-file {Tls.CertificateFile}";
            yield return $"tls-key-file {Tls.KeyFile}";
            yield return $"tls-ca-cert-file {Tls.AuthorityFile}";
            yield return "tls-auth-clients no";
        }
        foreach (var line in Lines) yield return line;
    }
}
