namespace McpRegistry.Core.Upstream.Http.Egress;

/// <summary>
/// Endpoints that give the credentials of this process to whoever asks from here. Those with addresses of their own are among
/// <see cref="ForbiddenAddresses"/>; others are told by variables, or have a port on this machine.
/// </summary>
/// <param name="variable">Reads an environment variable; null when it is not set.</param>
internal sealed class CredentialEndpoints(Func<string, string?> variable) : IReservedEndpoints
{
    // App Service, Functions, Container Apps, Service Fabric; Arc; ECS and EKS; Cloud Run and GKE.
    private static readonly string[] Urls =
    [
        "IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ECS_CONTAINER_METADATA_URI", "ECS_CONTAINER_METADATA_URI_V4", "ECS_AGENT_URI",
        "GCE_METADATA_HOST", "GCE_METADATA_IP", "GCE_METADATA_ROOT",
    ];

    // The agent of Azure Arc listens there and sets its variable for logged-in users only.
    private static readonly ReservedEndpoint Arc = new("localhost", 40342);

    private readonly ReservedEndpoint[] _endpoints = [Arc, .. Urls.Select(name => Read(variable(name))).OfType<ReservedEndpoint>()];

    public IEnumerable<ReservedEndpoint> Find() => _endpoints;

    private static ReservedEndpoint? Read(string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return null;
        var text = value.Contains("://", StringComparison.Ordinal) ? value : "http://" + value;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0 ? new ReservedEndpoint(url.IdnHost, url.Port) : null;
    }
}
