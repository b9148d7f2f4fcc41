using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>The tools of a plain HTTP service: declared in its registration, else from its OpenAPI document.</summary>
internal sealed class PlainToolSource(PlainHttpExchange exchange, ServiceConfig config, TimeProvider time, Random random)
{
    private static readonly JsonElement AnyObject = JsonElement.Parse("{\"type\":\"object\"}"u8);
    private readonly ImmutableArray<PlainTool>? _declared = config.Tools.IsEmpty ? null : Declared(config);
    private volatile Known? _known;

    /// <summary>The tools as last read; read now when they never were. Null: they cannot be read.</summary>
    public async ValueTask<ImmutableArray<PlainTool>?> GetAsync(CancellationToken cancellationToken) =>
        _declared ?? _known?.Tools ?? await RefreshAsync(cancellationToken);

    /// <summary>Reads the tools anew; when that fails, those read last stay.</summary>
    public async ValueTask<ImmutableArray<PlainTool>?> RefreshAsync(CancellationToken cancellationToken)
    {
        if (_declared is not null) return _declared;
        if (await FetchAsync(cancellationToken) is { } tools) _known = new Known(tools);
        return _known?.Tools;
    }

    // Control traffic that may be repeated, unlike a call.
    private async Task<ImmutableArray<PlainTool>?> FetchAsync(CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        for (var attempt = 1; ; attempt++)
        {
            var answer = await exchange.SendAsync(HttpMethod.Get, config.OpenApi, null, null, cancellationToken);
            using var body = answer.Body;
            cancellationToken.ThrowIfCancellationRequested();
            if (answer is { Failure: null, Status: 200 }) return OpenApiTools.Read(body!.Span);
            var isPassing = answer.Failure is not null || answer.Status is 408 or 429 or >= 500;
            if (!isPassing || attempt == MaxAttempts) return null;
            await Task.Delay(wait * (1 + random.NextDouble() / 2), time, cancellationToken);
            wait *= 2;
        }
    }

    private static ImmutableArray<PlainTool> Declared(ServiceConfig config) =>
        [.. config.Tools.Select(tool => PlainTool.AtToolsPath(tool.Key, tool.Value.Description, tool.Value.InputSchema ?? AnyObject, tool.Value.OutputSchema))];

    private sealed record Known(ImmutableArray<PlainTool> Tools);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    private const int MaxAttempts = 3;
}
