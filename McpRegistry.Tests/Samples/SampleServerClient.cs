using ModelContextProtocol.Client;

namespace McpRegistry.Tests.Samples;

/// <summary>Connects the SDK's client to a sample server.</summary>
internal static class SampleServerClient
{
    public const string Modern = "2026-07-28";
    public const string Legacy = "2025-11-25";

    // With the SDK's 5 s, a server that starts slowly on a busy machine is taken for a legacy one.
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(30);

    /// <summary>Null as version lets the client find out by itself.</summary>
    public static Task<McpClient> ConnectAsync(
        Uri endpoint, string? version, CancellationToken cancellationToken, HttpTransportMode mode = HttpTransportMode.StreamableHttp) =>
        ConnectAsync(new HttpClientTransport(new() { Endpoint = endpoint, TransportMode = mode }), version, cancellationToken);

    public static Task<McpClient> ConnectAsync(string[] stdioArguments, string? version, CancellationToken cancellationToken) =>
        ConnectAsync(
            new StdioClientTransport(new() { Command = SampleServerProcess.Command, Arguments = stdioArguments }), version, cancellationToken);

    public static Task<McpClient> ConnectAsync(IClientTransport transport, string? version, CancellationToken cancellationToken) =>
        McpClient.CreateAsync(
            transport,
            new McpClientOptions { ProtocolVersion = version, DiscoverProbeTimeout = ProbePatience },
            cancellationToken: cancellationToken);
}
