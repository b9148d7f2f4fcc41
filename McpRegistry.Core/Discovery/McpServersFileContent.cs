using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Discovery;

/// <summary>What an <c>mcp-servers.json</c> says.</summary>
internal sealed record McpServersFileContent
{
    /// <summary>The good entries that are not switched off.</summary>
    public ImmutableArray<ServiceRegistration> Registrations { get; init; } = [];

    /// <summary>The names of the entries that have errors.</summary>
    public ImmutableArray<string> BrokenNames { get; init; } = [];

    /// <summary>What is wrong, by place in the file.</summary>
    public ImmutableArray<RegistrationError> Errors { get; init; } = [];

    /// <summary>What is let pass but probably not meant.</summary>
    public ImmutableArray<RegistrationError> Warnings { get; init; } = [];

    /// <summary>The places of the entries that are switched off.</summary>
    public ImmutableArray<string> Off { get; init; } = [];

    /// <summary>False when the text as a whole cannot be read, so that it says nothing about any service.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>A file that cannot be read at all.</summary>
    public static McpServersFileContent Unreadable(string field, string message) =>
        new() { Errors = [new RegistrationError(field, message)], IsReadable = false };
}
