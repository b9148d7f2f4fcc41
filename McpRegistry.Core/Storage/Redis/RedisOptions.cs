using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>How Redis is used, section <c>McpRegistry:Redis</c>. Where it is says <c>ConnectionStrings:redis</c>; without that the embedded store is used.</summary>
public sealed class RedisOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Redis";

    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "redis";

    /// <summary>What every key and channel begins with. The braces keep all keys in one slot of a Redis Cluster. Default <c>{mcpregistry}:</c>.</summary>
    [Required]
    public string KeyPrefix { get; set; } = "{mcpregistry}:";

    /// <summary>The longest a command may take; then Redis counts as away. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often is asked whether anything changed, beside the messages that tell of it. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The key of the cluster: secrets in registrations are encrypted with it, and what processes tell each other is sealed with keys
    /// derived from it, so that whoever else can write to Redis can forge nothing. 32 bytes as base64, or a reference to them
    /// (<c>env:NAME</c>, <c>file:/path</c>); the same for all processes. Null: no secret may be stored, and no registration in Redis
    /// starts a program or reads a variable or file.
    /// </summary>
    public string? SecretKey { get; set; }

    /// <summary>
    /// With <see cref="SecretKey"/>: whether registrations without a seal are read, and sealed: once after an upgrade from a version that
    /// sealed nothing, while nobody else can write to Redis. Default false.
    /// </summary>
    public bool AcceptUnsealed { get; set; }

    /// <summary>A PEM file with the certificates of the authorities that may sign Redis' certificate, and no others. Null: those that the machine trusts.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>
    /// Whether traces show the commands that serve no request as well, such as the poll of every <see cref="PollInterval"/>, each as a trace of
    /// its own. Default false: only those below a request or a call. Pings are never shown.
    /// </summary>
    public bool TraceBackground { get; set; }
}
