using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.PlainHttp.OpenApi;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>The tools of a plain HTTP service: declared in its registration, else from its OpenAPI document.</summary>
/// <param name="exchange">Reads the document. It may be one that asks again, unlike that of calls.</param>
/// <param name="config">The registration's.</param>
internal sealed class PlainToolSource(PlainHttpExchange exchange, ServiceConfig config)
{
    private static readonly JsonElement AnyObject = JsonElement.Parse("{\"type\":\"object\"}"u8);
    private readonly ImmutableArray<PlainTool>? _declared = config.Tools.IsEmpty ? null : Declared(config);
    private volatile Known? _known;
    private volatile string? _problem;

    /// <summary>What the document has and the list has not.</summary>
    public IReadOnlyList<LeftOutItem> LeftOut => _known is not { } known ? []
        : _problem is { } problem ? [.. known.LeftOut, new LeftOutItem(config.OpenApi, $"the document {problem}; what was read of it before stays")]
        : known.LeftOut;

    /// <summary>Why the tools cannot be read, as the rest of a sentence about the document. Null: they can.</summary>
    public string? Problem => _problem;

    /// <summary>The tools as last read; read now when they never were. Null: they cannot be read.</summary>
    public async ValueTask<ImmutableArray<PlainTool>?> GetAsync(CancellationToken cancellationToken) =>
        _declared ?? _known?.Tools ?? await RefreshAsync(cancellationToken);

    /// <summary>Reads the tools anew; when that fails, those read last stay.</summary>
    public async ValueTask<ImmutableArray<PlainTool>?> RefreshAsync(CancellationToken cancellationToken)
    {
        if (_declared is not null) return _declared;
        _problem = await FetchAsync(cancellationToken);
        return _known?.Tools;
    }

    private async Task<string?> FetchAsync(CancellationToken cancellationToken)
    {
        var answer = await exchange.GetAsync(config.OpenApi, Documents, cancellationToken);
        using var body = answer.Body;
        cancellationToken.ThrowIfCancellationRequested();
        if (answer is { Failure: null, Status: 200 }) return Take(body!.Span, cancellationToken);
        return answer.Failure is null ? $"is answered with HTTP {answer.Status}" : $"cannot be had: {answer.Detail ?? "no answer in time"}";
    }

    private string? Take(ReadOnlySpan<byte> document, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(document);
        if (_known is { } known && hash.AsSpan().SequenceEqual(known.Hash)) return null;
        var reading = OpenApiTools.Read(document, exchange.Address, config, cancellationToken);
        if (reading.Problem is not null) return reading.Problem;
        _known = new Known(hash, reading.Tools, reading.LeftOut);
        return null;
    }

    private static ImmutableArray<PlainTool> Declared(ServiceConfig config) =>
        [.. config.Tools.Select(tool => PlainTool.AtToolsPath(tool.Key, tool.Value.Description, tool.Value.InputSchema ?? AnyObject, tool.Value.OutputSchema))];

    private sealed record Known(byte[] Hash, ImmutableArray<PlainTool> Tools, ImmutableArray<LeftOutItem> LeftOut);

    private const string Documents = "application/json, application/yaml;q=0.9, */*;q=0.8";
}
