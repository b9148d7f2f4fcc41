using McpRegistry.Core.Calls;
using McpRegistry.Core.Registration;

namespace McpRegistry.Api.Problems;

/// <summary>What goes wrong with requests that read or change the registry.</summary>
internal static class RegistryProblems
{
    public static Problem NotJson { get; } = new(ErrorCode.InvalidArguments) { Status = 415, Detail = "The body must be application/json." };

    public static Problem Unknown(string service) => new(ErrorCode.UnknownService) { Service = service };

    public static Problem UnknownInstance(string service) =>
        new(ErrorCode.UnknownService) { Service = service, Detail = "The service has no instance of that id." };

    /// <summary>What it asks for is not done here for what is registered over REST.</summary>
    public static Problem NotAllowed(string service, string? reason) => new(ErrorCode.ToolDenied) { Service = service, Detail = reason ?? "This is not allowed here." };

    /// <summary>The problem of a change that was not made.</summary>
    public static Problem Of(RegistryResult result, string service) => result.Kind switch
    {
        RegistryResultKind.NotFound => Unknown(service),
        RegistryResultKind.NameTaken => new Problem(ErrorCode.InvalidArguments) { Status = 409, Service = service, Detail = "The name is taken." },
        RegistryResultKind.OwnedBySource => new Problem(ErrorCode.InvalidArguments)
        {
            Status = 409,
            Service = service,
            Detail = result.Registration?.Origin == RegistrationOrigin.Discovery
                ? "The service was found by service discovery; change it where the application is modelled."
                : "The service belongs to mcp-servers.json; change it there.",
        },
        RegistryResultKind.Invalid => new Problem(ErrorCode.InvalidArguments) { Service = service, Detail = "The registration is not valid.", Errors = result.Errors },
        RegistryResultKind.NotAllowed => NotAllowed(service, result.Reason),
        RegistryResultKind.NoRoom => new Problem(ErrorCode.InvalidArguments) { Status = 409, Service = service, Detail = result.Errors[0].Message },
        RegistryResultKind.StoreUnavailable => new Problem(ErrorCode.RegistryUnavailable) { Service = service },
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.Kind, "Done is no problem."),
    };
}
