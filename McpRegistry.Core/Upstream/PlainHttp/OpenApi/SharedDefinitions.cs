using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>What the schemas of a document refer to, each rewritten once for all its operations.</summary>
/// <param name="document">The document.</param>
/// <param name="budget">What reading it may cost.</param>
internal sealed class SharedDefinitions(JsonObject document, ReadingBudget budget)
{
    private readonly Dictionary<JsonNode, SharedDefinition> _known = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<JsonNode> _tooLarge = new(ReferenceEqualityComparer.Instance);
    private readonly UniqueNames _taken = new(ToolNames.MaxLength);

    /// <summary>The document.</summary>
    public JsonObject Document => document;

    /// <summary>What reading the document may cost.</summary>
    public ReadingBudget Budget => budget;

    /// <summary>The definition of what a reference leads to.</summary>
    public SharedDefinition Of(string reference, JsonNode target)
    {
        if (_known.TryGetValue(target, out var known)) return known;
        // Names that stand in a reference without being escaped, so that every client finds them.
        var last = Uri.UnescapeDataString(reference[(reference.LastIndexOf('/') + 1)..]);
        return _known[target] = new SharedDefinition(_taken.Take(ToolNames.Clean(last, ToolNames.MaxLength)), target);
    }

    /// <summary>True when that schema was found to be larger than is shown, and need not be copied again to see it.</summary>
    public bool IsKnownTooLarge(JsonNode schema) => _tooLarge.Contains(schema);

    /// <summary>Remembers that a schema alone is larger than is shown.</summary>
    public void NoteTooLarge(JsonNode schema) => _tooLarge.Add(schema);

    /// <summary>All that these need, themselves included, in the order it is met. Null: it is more than is shown.</summary>
    /// <param name="needs">The definitions that a schema refers to.</param>
    /// <param name="mostBytes">How much they may take.</param>
    public IReadOnlyList<SharedDefinition>? Closure(IReadOnlyCollection<SharedDefinition> needs, long mostBytes)
    {
        var all = new List<SharedDefinition>(needs);
        var seen = new HashSet<SharedDefinition>(needs);
        // Not by recursion: definitions may refer to each other in circles.
        for (var i = 0; i < all.Count; i++)
        {
            var definition = all[i];
            budget.Spend(definition.Name.Length + Overhead);
            if (!definition.IsTooLarge && definition.Json is null) Rewrite(definition);
            mostBytes -= definition.IsTooLarge ? long.MaxValue : definition.Json!.Length + definition.Name.Length;
            if (mostBytes < 0 || budget.IsSpent)
            {
                // Whoever needs that one alone needs too much, and all others that do are known to at once.
                if (needs.Count == 1) needs.First().IsTooLarge = true;
                return null;
            }

            foreach (var next in definition.Needs)
                if (seen.Add(next)) all.Add(next);
        }

        return all;
    }

    private void Rewrite(SharedDefinition definition)
    {
        var closure = new SchemaClosure(this);
        var copy = closure.Copy(definition.Schema);
        definition.IsTooLarge = closure.IsTooLarge;
        if (closure.IsTooLarge) return;
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes)) copy.WriteTo(writer);
        definition.Json = bytes.WrittenSpan.ToArray();
        definition.Needs = closure.Needs;
    }

    private const int Overhead = 64;
}

/// <summary>One definition of a document as it stands among the <c>$defs</c> of tools.</summary>
internal sealed class SharedDefinition(string name, JsonNode schema)
{
    public string Name => name;

    /// <summary>The schema in the document.</summary>
    public JsonNode Schema => schema;

    /// <summary>The rewritten schema. Null: it was not needed yet, or is too large.</summary>
    public byte[]? Json { get; set; }

    /// <summary>What it refers to.</summary>
    public IReadOnlyCollection<SharedDefinition> Needs { get; set; } = [];

    /// <summary>True when it, or what it needs, is more than is shown.</summary>
    public bool IsTooLarge { get; set; }
}
