using System.Globalization;
using System.Text.Json;

using McpRegistry.Core.Catalog.Definitions;
using McpRegistry.Core.Catalog.Limits;
using McpRegistry.Core.Catalog.Reading;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Catalog;

/// <summary>How long reading a list may take.</summary>
/// <param name="Page">One page.</param>
/// <param name="List">All pages together.</param>
internal readonly record struct ListLimits(TimeSpan Page, TimeSpan List);

/// <summary>Reads one list of one instance, all pages.</summary>
/// <param name="time">The clock.</param>
/// <param name="options">How much is taken. Null: the defaults.</param>
internal sealed class CatalogReader(TimeProvider time, IOptions<CatalogOptions>? options = null)
{
    private const int MaxPages = 100;
    private const int MethodNotFound = -32601;

    // Of a list that is too long the smallest definitions are kept, so it is read on for a while; not for ever.
    private const int MostReadOverTaken = 4;

    private readonly CatalogOptions _limits = options?.Value ?? new CatalogOptions();

    /// <summary>Reads a list. What went wrong is said in the answer; thrown is only what the token ends.</summary>
    public async Task<CatalogListReading> ReadAsync(InstanceState instance, CatalogKind kind, ListLimits limits, CancellationToken cancellationToken)
    {
        var shape = CatalogListShape.Of(kind);
        if (instance.Client.Connection is not { } connection) return new CatalogListReading(kind, [], []) { Failure = "it is not connected" };
        if (!connection.Has(shape.Capability)) return CatalogListReading.Nothing(kind);
        var list = new ListInParts(kind, instance.ServiceName, _limits);
        var read = 0L;
        using var whole = new CancellationTokenSource(limits.List, time);
        // Found dead while it is asked: the next one is asked sooner.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(whole.Token, instance.Outage, cancellationToken);
        for (string? cursor = null; ;)
        {
            string? next;
            bool hasOddCursor;
            using (var page = new CancellationTokenSource(limits.Page, time))
            using (var linked = CancellationTokenSource.CreateLinkedTokenSource(page.Token, ending.Token))
            using (var reply = await instance.Client.SendAsync(new UpstreamRequest { Method = shape.Method, Params = ParamsOf(cursor), IsOfRegistry = true }, linked.Token))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (reply.Outcome == UpstreamOutcome.Cancelled && page.IsCancellationRequested) return list.Failed(ListFailures.Silence(limits.Page));
                if (reply.Outcome == UpstreamOutcome.Cancelled && whole.IsCancellationRequested) return list.Failed(ListFailures.TooSlow(limits.List));
                if (reply is { Outcome: UpstreamOutcome.Answered, IsError: true } && cursor is null && JsonRpcErrors.CodeOf(reply.Error.Span) == MethodNotFound && kind != CatalogKind.Tool) return Unknown(kind);
                if (reply.Outcome != UpstreamOutcome.Answered || reply.IsError) return list.Failed(ListFailures.Of(reply, instance.Client));
                if (ListPage.Take(list, shape, reply.Result.Span, out next, out hasOddCursor, cancellationToken) is { } failure) return list.Failed(failure);
                read += reply.Result.Length;
            }

            if (list.End is { } end) return list.CutAt(end);
            if (hasOddCursor) return list.EndsEarly("the cursor of its next page is no text, and what stands before that page is listed");

            // An empty cursor is a cursor like any other (MCP 2026-07-28, pagination).
            if (next is null) break;
            if (!list.TryTurnTo(next))
            {
                list.Note("its pages lead back to an earlier one; what came before is listed", isMended: true);
                break;
            }

            if (list.Pages > MaxPages) return list.CutAt(string.Create(CultureInfo.InvariantCulture, $"more than {MaxPages} pages"));
            if (read > MostReadOverTaken * (long)_limits.MaxListBytes) return list.CutAt($"more than {SizeWords.Of(MostReadOverTaken * (long)_limits.MaxListBytes)}");
            cursor = next;
        }

        if (kind == CatalogKind.Tool && instance.Client is IReportsLeftOut { LeftOut: var left })
            foreach (var item in left) list.Add(new CatalogProblem(kind, ItemLabel.Of(item.Item), item.Reason));
        return list.Read();
    }

    // A capability of resources says nothing of templates. Other lists were promised; servers that promise everything and have
    // tools alone are common, and nothing of theirs is missing. One that is not yet ready may say the same, so it is asked again.
    private static CatalogListReading Unknown(CatalogKind kind) => kind == CatalogKind.ResourceTemplate
        ? CatalogListReading.Nothing(kind)
        : new CatalogListReading(kind, [], [new CatalogProblem(kind, null, "it says that it has this list, and then that it does not know it (-32601); it counts as empty", IsMended: true)]) { IsDoubtful = true };

    private static RequestParams ParamsOf(string? cursor) =>
        cursor is null ? RequestParams.Empty : RequestParams.Parse(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["cursor"] = cursor }));
}
