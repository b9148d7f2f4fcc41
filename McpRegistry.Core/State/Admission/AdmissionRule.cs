using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Options;

namespace McpRegistry.Core.State.Admission;

/// <summary>
/// What this process does for a registration made over REST, whoever asks and wherever it comes from: the request, the embedded store,
/// Redis, another replica. A registration of the file or of service discovery is the operator's own word.
/// </summary>
internal sealed class AdmissionRule(IRegistryStore store, IOptions<ProgramOptions> options)
{
    private const string NoPrograms = "It starts a program, and McpRegistry:Http:AllowStdioRegistration is not set for this process.";

    private const string NoProgramsOfOpenStore =
        "It starts a program, and anybody who can write to Redis may have written it: set McpRegistry:Redis:SecretKey, with which registrations are sealed, or write it into mcp-servers.json.";

    private const string NoReferencesOfOpenStore =
        "It refers to a variable or file of this process (env:, file:, ${…}, authority_file), and anybody who can write to Redis may have written it: set McpRegistry:Redis:SecretKey, with which registrations are sealed, or write it into mcp-servers.json.";

    /// <summary>Why nothing is started or called for it. Null: it may be.</summary>
    public string? Refusal(ServiceRegistration registration)
    {
        if (registration.Origin != RegistrationOrigin.Api) return null;
        // By what would be started, not by the protocol alone: a command beside "http" is a mistake or a trick.
        if (registration.Protocol == ServiceProtocol.Stdio || registration.Config.Command is not null)
        {
            if (!options.Value.AllowStdioRegistration) return NoPrograms;
            return store.IsOurs ? null : NoProgramsOfOpenStore;
        }
        return !store.IsOurs && SecretReference.IsUsedBy(registration) ? NoReferencesOfOpenStore : null;
    }
}
