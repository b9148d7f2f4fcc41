namespace McpRegistry.Core.State.Admission;

/// <summary>Whether programs are started for registrations made over REST; section <c>McpRegistry:Http</c>.</summary>
public sealed class ProgramOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "McpRegistry:Http";

    /// <summary>
    /// Whether a service that is a program to start may be registered over REST, and is started when it was. Whoever can reach the port
    /// can then start programs. Default false: one that was registered before is listed as not allowed.
    /// </summary>
    public bool AllowStdioRegistration { get; set; }
}
