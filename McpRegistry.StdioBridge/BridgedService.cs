using System.Collections.Immutable;

using McpRegistry.Core;
using McpRegistry.Core.Registration;
using McpRegistry.ServiceDefaults;

namespace McpRegistry.StdioBridge;

/// <summary>The server behind the bridge, as a registration like any other.</summary>
internal static class BridgedService
{
    // Whoever calls has a deadline of its own and hangs up, which ends the call; the bridge must not be the first to give up, but a
    // client that is gone without a word must not hold a place for ever.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The registration, or why there is none.</summary>
    public static (ServiceRegistration? Registration, string Refusal) Read(IConfiguration configuration, BridgeCommandLine line)
    {
        BridgeOptions options;
        try { options = BridgeOptions.Read(configuration); }
        // A number that is none; the message names the setting.
        catch (InvalidOperationException unreadable) { return (null, unreadable.Message); }

        var registration = Registration(options, line);
        var errors = RegistrationValidator.Validate(registration);
        return errors.IsEmpty ? (registration, "") : (null, string.Join(" ", errors.Select(error => $"{error.Field}: {error.Message}")));
    }

    public static IServiceCollection AddBridgedService(this IServiceCollection services, IConfiguration configuration, ServiceRegistration registration)
    {
        services.AddOneServiceCore(configuration, registration);
        services.AddSingleton<BridgedChild>();
        services.AddSingleton<ChildGate>();
        services.AddHealthChecks().AddCheck<ChildIsUp>("child", tags: [HealthEndpoints.Ready]);
        return services;
    }

    private static ServiceRegistration Registration(BridgeOptions options, BridgeCommandLine line) => new()
    {
        Name = options.Name,
        Protocol = ServiceProtocol.Stdio,
        // Whoever starts the bridge decides what it starts, as whoever writes mcp-servers.json does.
        Origin = RegistrationOrigin.File,
        Config = new ServiceConfig
        {
            Command = line.Command,
            Args = line.Arguments,
            Env = options.Env.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Cwd = options.Cwd is null ? null : Path.GetFullPath(options.Cwd),
            Replicas = options.Replicas,
            Timeouts = new TimeoutSettings { Idle = Longest, Call = Longest },
        },
    };
}
