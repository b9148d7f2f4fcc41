using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Discovery.Approval;

/// <summary>Holds commands that are new in <c>mcp-servers.json</c>, or changed there, until the operator has approved them.</summary>
internal sealed class CommandApproval(ApprovedCommands approved)
{
    /// <summary>The registrations as they may be applied: what is new is not started, of what was changed the approved one goes on.</summary>
    /// <param name="wanted">What the file says.</param>
    /// <param name="running">What was applied before, by name.</param>
    public ImmutableArray<ServiceRegistration> Hold(ImmutableArray<ServiceRegistration> wanted, IReadOnlyDictionary<string, ServiceRegistration> running)
    {
        if (approved.IsNew) approved.Add(wanted.Where(IsCommand).Select(one => (one.Name, CommandMark.Of(one))));
        return [.. wanted.Select(one => IsApproved(one) ? one : Held(one, running.GetValueOrDefault(one.Name)))];
    }

    /// <summary>True when it is no command, or one that was approved.</summary>
    public bool IsApproved(ServiceRegistration registration) => !IsCommand(registration) || approved.Contain(registration.Name, CommandMark.Of(registration));

    /// <summary>Approves it.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public void Approve(ServiceRegistration registration) => approved.Add([(registration.Name, CommandMark.Of(registration))]);

    private static ServiceRegistration Held(ServiceRegistration wanted, ServiceRegistration? running)
    {
        var how = $"POST /api/discovery/approve/{wanted.Name} {{\"mark\":\"{CommandMark.Of(wanted)}\"}}";
        return running is null or { Hold.IsStarted: false }
            ? wanted with { Hold = new RegistrationHold($"Its command is new in mcp-servers.json and is not started before it is approved: {how}", IsStarted: false) }
            : running with { Hold = new RegistrationHold($"In mcp-servers.json it was changed to: {CommandMark.Show(wanted)}. What was approved goes on until this is: {how}", IsStarted: true) };
    }

    private static bool IsCommand(ServiceRegistration registration) => registration.Protocol == ServiceProtocol.Stdio;
}

/// <summary>How a wish for approval ended.</summary>
public enum ApprovalOutcome
{
    /// <summary>It is approved and started.</summary>
    Approved,

    /// <summary>There is no such command, or it waits for nothing.</summary>
    NotWaiting,

    /// <summary>The file says something else by now than what was looked at.</summary>
    Changed,

    /// <summary>It could not be noted, and is not started.</summary>
    NotKept,
}
