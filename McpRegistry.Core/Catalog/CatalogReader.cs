using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Catalog.Definitions;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Catalog;

/// <summary>Reads the lists of one instance, all pages.</summary>
internal sealed class CatalogReader(TimeProvider time)
{
    private static readonly TimeSpan PageTimeout = TimeSpan.FromSeconds(15);
    private const int MaxPages = 100;
    private const int MaxEntries = 10_000;

    /// <summary>Reads everything the instance offers. A list that cannot be read stays as it was in <paramref name="before"/>; null when not even the tools could be.</summary>
    public async Task<ServiceCatalog?> ReadAsync(InstanceState instance, ServiceCatalog before, CancellationToken cancellationToken)
    {
        if (instance.Client.Connection is not { } connection) return null;
        var tools = await ListAsync(instance, connection, CatalogKind.Tool, cancellationToken);
        if (tools is null && connection.Has("tools")) return null;
        var prompts = await ListAsync(instance, connection, CatalogKind.Prompt, cancellationToken);
        var resources = await ListAsync(instance, connection, CatalogKind.Resource, cancellationToken);
        var templates = await ListAsync(instance, connection, CatalogKind.ResourceTemplate, cancellationToken);
        return new ServiceCatalog
        {
            Tools = tools ?? before.Tools,
            Prompts = prompts ?? before.Prompts,
            Resources = resources ?? before.Resources,
            ResourceTemplates = templates ?? before.ResourceTemplates,
            Instructions = connection.Instructions,
            HasCompletions = connection.Has("completions"),
            HasLogging = connection.Has("logging"),
        };
    }

    private async Task<ImmutableArray<CatalogEntry>?> ListAsync(InstanceState instance, InstanceConnection connection, CatalogKind kind, CancellationToken cancellationToken)
    {
        var shape = CatalogListShape.Of(kind);
        if (!connection.Has(shape.Capability)) return [];
        var entries = ImmutableArray.CreateBuilder<CatalogEntry>();
        var problems = new List<CatalogProblem>();
        string? cursor = null;
        for (var page = 0; page < MaxPages && entries.Count < MaxEntries; page++)
        {
            using var timeout = new CancellationTokenSource(PageTimeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            var parameters = cursor is null ? RequestParams.Empty : RequestParams.Parse(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["cursor"] = cursor }));
            using var reply = await instance.Client.SendAsync(new UpstreamRequest { Method = shape.Method, Params = parameters }, linked.Token);
            // A server may offer resources and know no templates: its "method not found" means an empty list.
            if (reply.Outcome == UpstreamOutcome.Answered && reply.IsError && kind == CatalogKind.ResourceTemplate) return [];
            if (reply.Outcome != UpstreamOutcome.Answered || reply.IsError) return null;

            using var document = JsonDocument.Parse(reply.Result, DefinitionReader.Document);
            if (!JsonText.TryGetMember(document.RootElement, Encoding.UTF8.GetBytes(shape.Member), out var items) || items.ValueKind != JsonValueKind.Array) return null;
            foreach (var item in items.EnumerateArray())
            {
                var (entry, problem) = shape.Read(instance.ServiceName, item);
                if (entry is not null) entries.Add(entry);
                if (problem is not null) problems.Add(problem);
            }
            var next = JsonText.TryGetMember(document.RootElement, "nextCursor"u8, out var given) ? JsonText.Of(given) : null;
            // A cursor that leads to itself would be read for ever.
            if (string.IsNullOrEmpty(next) || next == cursor) break;
            cursor = next;
        }
        return [.. entries.DistinctBy(entry => entry.Name).Take(MaxEntries)];
    }
}
