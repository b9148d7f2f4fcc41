using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Registration.Limits;

/// <summary>How much may be registered over REST, section <c>McpRegistry:Registration</c>. What a file or service discovery names is the operator's and does not count.</summary>
public sealed class RegistrationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Registration";

    /// <summary>Services registered over REST at once. Default 1,000.</summary>
    [Range(0, 100_000)]
    public int MaxServices { get; set; } = 1_000;

    /// <summary>The largest registration as it is stored, in bytes. Default 256 KiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxBytes { get; set; } = 256 * 1024;

    /// <summary>All registrations over REST together as they are stored, in bytes. Default 64 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxTotalBytes { get; set; } = 64 * 1024 * 1024;
}
