using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>A YAML text as the JSON tree it stands for (YAML 1.2, core schema), with merge keys, bounded in depth and size.</summary>
internal sealed partial class YamlTree
{
    private readonly Dictionary<AnchorName, JsonNode?> _anchors = [];
    private readonly Parser _parser;
    private readonly int _maxDepth;
    private int _copied;

    private YamlTree(string text, int maxDepth)
    {
        _parser = new Parser(new StringReader(text));
        _maxDepth = maxDepth;
    }

    /// <summary>Reads the first document of the text. Null: there is none, or it is null.</summary>
    /// <exception cref="YamlException">It is no YAML.</exception>
    /// <exception cref="YamlTreeException">It is more than is taken.</exception>
    public static JsonNode? Read(string text, int maxDepth)
    {
        var tree = new YamlTree(text, maxDepth);
        tree._parser.Consume<StreamStart>();
        return tree._parser.TryConsume<DocumentStart>(out _) ? tree.ReadNode(0) : null;
    }

    private JsonNode? ReadNode(int depth)
    {
        if (depth > _maxDepth) throw new YamlTreeException($"nests deeper than {_maxDepth}");
        if (_parser.TryConsume<AnchorAlias>(out var alias)) return Copy(alias);
        if (_parser.TryConsume<Scalar>(out var scalar)) return Anchored(scalar.Anchor, ValueOf(scalar));
        if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            var items = new JsonArray();
            while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
            return Anchored(sequence.Anchor, items);
        }

        var anchor = _parser.Consume<MappingStart>().Anchor;
        var members = new JsonObject();
        var merged = new List<JsonObject>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = _parser.Consume<Scalar>();
            var value = ReadNode(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain } && value is JsonObject or JsonArray) merged.AddRange(value is JsonArray list ? list.OfType<JsonObject>() : [(JsonObject)value]);
            else if (!members.TryAdd(key.Value, value)) throw new YamlTreeException("names a member of an object twice");
        }

        // What a mapping says itself comes before what is merged into it.
        foreach (var (name, value) in merged.SelectMany(one => one))
            if (!members.ContainsKey(name)) members[name] = value?.DeepClone();
        return Anchored(anchor, members);
    }

    private JsonNode? Anchored(AnchorName anchor, JsonNode? node)
    {
        if (!anchor.IsEmpty) _anchors[anchor] = node;
        return node;
    }

    // An alias stands for a copy, and a few lines of aliases for millions of them.
    private JsonNode? Copy(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node)) throw new YamlException("An alias refers to nothing before it.");
        _copied += SizeOf(node);
        return _copied <= MaxCopied ? node?.DeepClone() : throw new YamlTreeException("repeats too much by its aliases");
    }

    private static int SizeOf(JsonNode? node) => node switch
    {
        JsonObject members => 1 + members.Sum(member => SizeOf(member.Value)),
        JsonArray items => 1 + items.Sum(SizeOf),
        _ => 1,
    };

    private static JsonValue? ValueOf(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty) return JsonValue.Create(text);
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE":
                return JsonValue.Create(true);
            case "false" or "False" or "FALSE":
                return JsonValue.Create(false);
        }

        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)) return JsonValue.Create(hex);
        if (!Number().IsMatch(text)) return JsonValue.Create(text);
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return JsonValue.Create(number);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var large) && double.IsFinite(large) ? JsonValue.Create(large) : JsonValue.Create(text);
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    private const int MaxCopied = 200_000;
}

/// <summary>A YAML text is more than is taken, or not what a JSON tree can be. The message is the rest of a sentence about the document.</summary>
internal sealed class YamlTreeException(string message) : Exception(message);
