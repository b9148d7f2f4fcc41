namespace McpRegistry.Core.Registration.Validation;

/// <summary>
/// Files by which the platform knows this process: tokens of its service account, what the system tells of its processes. A service
/// registered over REST must not have them sent to itself; the operator's own file may name what it likes.
/// </summary>
internal static class PlatformFiles
{
    /// <summary>Said where such a file is referred to.</summary>
    public const string Refusal = "It refers to a file of the platform (/proc, /sys, /dev, the token of a service account), which is not sent to services registered over REST.";

    private static readonly string[] Folders = ["/proc/", "/sys/", "/dev/"];

    // Secrets of an application lie beside them, each as a file of its own.
    private static readonly string[] Secrets = ["kubernetes.io/", "eks.amazonaws.com/", "azure/", "tokens/", "workload-spiffe-credentials/"];

    private static readonly string[] SecretRoots = ["/run/secrets/", "/var/run/secrets/"];

    /// <summary>True when a value of a registration made over REST is a reference to such a file.</summary>
    public static bool IsTakenBy(ServiceRegistration registration, string value)
    {
        if (registration.Origin != RegistrationOrigin.Api || !SecretReference.TryFile(value, out var named) || named.Contains('\0', StringComparison.Ordinal)) return false;
        var path = Path.GetFullPath(named);
        return Array.Exists(Folders, folder => path.StartsWith(folder, StringComparison.Ordinal))
            || Array.Exists(SecretRoots, root => path.StartsWith(root, StringComparison.Ordinal) && Array.Exists(Secrets, one => path[root.Length..].StartsWith(one, StringComparison.Ordinal)));
    }
}
