namespace McpRegistry.AppHost.McpServers;

/// <summary>How the sample server is started.</summary>
internal static class SampleServer
{
    /// <summary>It takes its port and its name as arguments.</summary>
    public static void OverHttp(IResourceBuilder<ProjectResource> server) => server
        .WithArgs("--http", server.GetEndpoint("http").Property(EndpointProperty.TargetPort), "--name", server.Resource.Name)
        .WithHttpHealthCheck("/health", endpointName: "http");
}
