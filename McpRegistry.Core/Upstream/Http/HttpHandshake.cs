using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Finds out what an instance speaks and shakes hands: modern first, then legacy (MCP 2026-07-28, versioning).</summary>
internal sealed class HttpHandshake(McpEndpoint endpoint, HttpExchange exchange, RequestIds ids, TimeProvider time)
{
    private static readonly HopMeta ModernHop = new(ProtocolEra.Modern, ProtocolRevisions.Modern);
    private static readonly HopMeta LegacyHop = new(ProtocolEra.Legacy, ProtocolRevisions.LatestLegacy);
    private static readonly UpstreamRequest Discover = new() { Method = "server/discover", Params = RequestParams.Empty };
    private static readonly UpstreamRequest Initialize = new() { Method = "initialize", Params = InitializeParams() };

    /// <summary>Shakes hands. Null: the address speaks no Streamable HTTP; HTTP+SSE is left to try.</summary>
    /// <param name="known">The era of an earlier handshake, which holds for the instance's life. Null: find out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpstreamException">The instance cannot be reached or refused us.</exception>
    public async Task<HttpLink?> RunAsync(ProtocolEra? known, CancellationToken cancellationToken)
    {
        if (known != ProtocolEra.Legacy && await TryModernAsync(cancellationToken) is { } modern) return modern;
        if (known == ProtocolEra.Modern) throw new UpstreamException("it does not speak the modern era any more");
        return await TryLegacyAsync(cancellationToken);
    }

    private async Task<HttpLink?> TryModernAsync(CancellationToken cancellationToken)
    {
        // Old servers may open a stream for a request they do not know and never answer on it.
        using var limit = new CancellationTokenSource(DiscoverTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var answer = await exchange.SendAsync(null, ids.Next(), Discover, ModernHop, linked.Token);
        using var body = answer.Body;
        cancellationToken.ThrowIfCancellationRequested();
        // Silence, or an end without an answer: what some old servers do to a request before initialize.
        if (answer is { Failure: not null, WasSent: true }) return null;
        ThrowIfUnreachable(answer);
        if (answer.Status == 200 && !answer.Result.IsEmpty) return ReadDiscovery(answer.Result);
        return AnswerJudge.ErrorCodeOf(answer.Error) switch
        {
            AnswerJudge.HeaderMismatch or AnswerJudge.MissingClientCapability => Undisclosed(),
            AnswerJudge.UnsupportedProtocolVersion when !OffersLegacy(answer.Error) => throw new UpstreamException("it speaks no revision of MCP that is known here"),
            _ => null,
        };
    }

    private async Task<HttpLink?> TryLegacyAsync(CancellationToken cancellationToken)
    {
        var answer = await exchange.SendAsync(null, ids.Next(), Initialize, LegacyHop, cancellationToken);
        using var body = answer.Body;
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfUnreachable(answer);
        if (answer.Status == 200 && !answer.Result.IsEmpty)
        {
            var link = ReadInitialize(answer.Result, answer.SessionId);
            await ConfirmAsync(link, cancellationToken);
            return link;
        }

        if (answer.Status is 400 or 404 or 405) return null;
        throw new UpstreamException(answer.Message is null ? $"initialize was answered HTTP {answer.Status} without MCP" : "initialize was answered with an error");
    }

    private async Task ConfirmAsync(HttpLink link, CancellationToken cancellationToken)
    {
        var status = await exchange.PostAsync(link, JsonRpcText.Initialized(), cancellationToken);
        if (status is not (>= 200 and < 300)) throw new UpstreamException("notifications/initialized was not taken");
    }

    private void ThrowIfUnreachable(in HttpAnswer answer)
    {
        if (answer.Failure is not null)
            throw new UpstreamException(answer.Detail ?? "no answer in time");
        switch (answer.Status)
        {
            case 401 or 403:
                endpoint.ForgetCredentials();
                throw new UpstreamException($"it refused our credentials (HTTP {answer.Status})") { IsAlive = true };
            case 429:
                throw new UpstreamException("it asks us to slow down (HTTP 429)") { IsAlive = true };
            case >= 300 and < 400:
                throw new UpstreamException($"it redirects elsewhere (HTTP {answer.Status}); redirects are not followed");
            case 502 or 503 or 504:
                throw new UpstreamException($"it is not ready (HTTP {answer.Status})");
        }
    }

    private static HttpLink? ReadDiscovery(ReadOnlySpan<byte> result)
    {
        var root = Parse(result);
        if (!root.TryGetProperty("supportedVersions", out var versions) || !Lists(versions, static revision => revision == ProtocolRevisions.Modern)) return null;
        var info = root.TryGetProperty("_meta", out var meta) && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty("io.modelcontextprotocol/serverInfo", out var own) ? own : default;
        return new HttpLink(ConnectionOf(root, ProtocolEra.Modern, ProtocolRevisions.Modern, info), null);
    }

    private static HttpLink ReadInitialize(ReadOnlySpan<byte> result, string? sessionId)
    {
        var root = Parse(result);
        var revision = Text(root, "protocolVersion");
        if (!ProtocolRevisions.IsLegacy(revision)) throw new UpstreamException("it chose a revision of MCP that is not known here");
        if (sessionId is { Length: 0 } || (sessionId is not null && !HeaderText.IsPlain(sessionId))) throw new UpstreamException("its session id cannot be sent in a header");
        var connection = ConnectionOf(root, ProtocolEra.Legacy, revision!, root.TryGetProperty("serverInfo", out var info) ? info : default);
        return new HttpLink(connection with { IsStateful = sessionId is not null }, sessionId);
    }

    private static InstanceConnection ConnectionOf(JsonElement root, ProtocolEra era, string revision, JsonElement info) => new()
    {
        Era = era,
        ProtocolVersion = revision,
        Capabilities = root.TryGetProperty("capabilities", out var capabilities) && capabilities.ValueKind == JsonValueKind.Object ? capabilities : EmptyObject(),
        Instructions = Text(root, "instructions"),
        ServerName = Text(info, "name"),
        ServerVersion = Text(info, "version"),
    };

    // It answered in the modern way without telling what it has; tools are what nearly every server has.
    private static HttpLink Undisclosed() => new(new InstanceConnection { Era = ProtocolEra.Modern, ProtocolVersion = ProtocolRevisions.Modern, Capabilities = Parse("{\"tools\":{}}"u8) }, null);

    private static bool OffersLegacy(ReadOnlySpan<byte> error) =>
        Parse(error).TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
        && data.TryGetProperty("supported", out var supported) && Lists(supported, ProtocolRevisions.IsLegacy);

    private static bool Lists(JsonElement array, Predicate<string?> wanted)
    {
        if (array.ValueKind != JsonValueKind.Array) return false;
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String && wanted(item.GetString())) return true;
        }

        return false;
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement EmptyObject() => Parse("{}"u8);

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }

    private static RequestParams InitializeParams() => RequestParams.Parse(
        (byte[])[.. "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":"u8, .. MetaKeys.OwnInfo, (byte)'}']);

    private static readonly TimeSpan DiscoverTimeout = TimeSpan.FromSeconds(5);
}
