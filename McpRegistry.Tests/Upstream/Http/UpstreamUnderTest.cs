using System.Collections.Immutable;
using System.Text;

using McpRegistry.Core.Json;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Core.Upstream.Http.Egress;
using McpRegistry.Tests.Upstream.Channels;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Upstream.Http;

/// <summary>A client as the factory makes it, with its own way out and an observer that remembers.</summary>
internal sealed class UpstreamUnderTest : IAsyncDisposable
{
    private readonly EgressHandler _egress;
    private readonly bool _ownsEgress;

    public UpstreamUnderTest(
        Uri address, ServiceRegistration? registration = null, TimeProvider? time = null, ISecretResolver? secrets = null, int maxResponseBytes = 1024 * 1024, EgressHandler? egress = null, bool ownsEgress = true,
        RegistrationOrigin origin = RegistrationOrigin.File)
    {
        _egress = egress ?? new EgressHandler(EgressGuard.ForNetwork());
        _ownsEgress = ownsEgress;
        // The operator's own: of what REST registered less is told.
        registration = (registration ?? new ServiceRegistration { Name = "sample" }) with { Origin = origin };
        // Secrets go to the addresses of their registration only.
        if (registration is { Protocol: ServiceProtocol.Http, BaseUrl: null, Config.Instances.IsEmpty: true }) registration = registration with { BaseUrl = address };
        var options = Options.Create(new UpstreamOptions { MaxResponseBytes = maxResponseBytes });
        var factory = new HttpInstanceClientFactory(_egress, secrets ?? new PlainSecrets(), options, time ?? TimeProvider.System, new Random(7), NullLoggerFactory.Instance);
        Client = factory.Create(registration, "0", address, Observer);
    }

    public IInstanceClient Client { get; }

    public RecordingObserver Observer { get; } = new();

    public static async Task<UpstreamUnderTest> ConnectAsync(Uri address, ServiceRegistration? registration = null, int maxResponseBytes = 1024 * 1024)
    {
        var upstream = new UpstreamUnderTest(address, registration, maxResponseBytes: maxResponseBytes);
        await upstream.ConnectAsync();
        return upstream;
    }

    public Task ConnectAsync() => Client.ConnectAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Calls a tool.</summary>
    public Task<UpstreamReply> CallAsync(string tool = "echo", string arguments = "{}", IRequestListener? listener = null, CancellationToken cancellationToken = default) =>
        SendAsync("tools/call", $"{{\"name\":{Encoding.UTF8.GetString(JsonText.Encode(tool))},\"arguments\":{arguments}}}", tool, listener, cancellationToken);

    public Task<UpstreamReply> SendAsync(string method, string parameters = "{}", string? routingName = null, IRequestListener? listener = null, CancellationToken cancellationToken = default) =>
        SendAsync(new UpstreamRequest { Method = method, Params = Params(parameters), RoutingName = routingName, Listener = listener }, cancellationToken);

    public Task<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken = default) =>
        Client.SendAsync(request, cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

    public static RequestParams Params(string json) => RequestParams.Parse(Encoding.UTF8.GetBytes(json));

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        if (_ownsEgress) _egress.Dispose();
    }
}

/// <summary>Every value is itself, unless a value is given for it.</summary>
internal sealed class PlainSecrets(params (string Reference, string Value)[] known) : ISecretResolver
{
    private ImmutableDictionary<string, string> _values = known.ToImmutableDictionary(pair => pair.Reference, pair => pair.Value);

    public int Resolutions { get; private set; }

    public void Rotate(string reference, string value) => _values = _values.SetItem(reference, value);

    public string Resolve(string value)
    {
        Resolutions++;
        if (_values.TryGetValue(value, out var secret)) return secret;
        return value.StartsWith("env:", StringComparison.Ordinal) ? throw new SecretNotFoundException($"{value} is not set.") : value;
    }
}

/// <summary>Remembers notifications in order.</summary>
internal sealed class RecordingListener : IRequestListener
{
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Heard { get; } = [];

    public ValueTask NotifiedAsync(string method, ReadOnlyMemory<byte> message)
    {
        lock (Heard) Heard.Add(Encoding.UTF8.GetString(message.Span));
        _heard.TrySetResult();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for the first.</summary>
    public Task HeardAsync() => _heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
}

internal static class ReplyText
{
    public static string ResultText(this UpstreamReply reply) => Encoding.UTF8.GetString(reply.Result.Span);

    public static string ErrorText(this UpstreamReply reply) => Encoding.UTF8.GetString(reply.Error.Span);
}
