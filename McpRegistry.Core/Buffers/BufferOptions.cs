using System.ComponentModel.DataAnnotations;

namespace McpRegistry.Core.Buffers;

/// <summary>How much may be held in memory on its way through, section <c>McpRegistry:Buffers</c>.</summary>
public sealed class BufferOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Buffers";

    /// <summary>
    /// The bytes of large messages that the process may hold at once, in all: requests that come in, answers of upstreams until their
    /// clients have read them, events that wait for clients. Default 192 MiB. Beyond it a large request or answer gets the error
    /// <c>overloaded</c> and a stream that waits is cut; what is smaller than 128 KiB is not counted and goes on.
    /// </summary>
    [Range(1024 * 1024, int.MaxValue)]
    public int MaxBytes { get; set; } = 192 * 1024 * 1024;
}
