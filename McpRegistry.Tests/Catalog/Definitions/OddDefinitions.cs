using System.Text;
using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Definitions;

namespace McpRegistry.Tests.Catalog.Definitions;

/// <summary>What becomes of an item.</summary>
public enum Fate
{
    /// <summary>It is listed byte for byte.</summary>
    AsItIs,

    /// <summary>It is listed, put right.</summary>
    Mended,

    /// <summary>It is missing, and named.</summary>
    LeftOut,
}

/// <summary>Definitions as servers have published them, or could: each broke the lists of a client, of ours or of everybody.</summary>
internal static class OddDefinitions
{
    /// <summary>One of them.</summary>
    /// <param name="Kind">What it is.</param>
    /// <param name="Json">The item as it stands in the list.</param>
    /// <param name="Fate">What becomes of it.</param>
    public sealed record Odd(CatalogKind Kind, string Json, Fate Fate);

    public static IReadOnlyList<Odd> All { get; } =
    [
        // The inputSchema of F3, and more of the kind.
        Tool("""{"name":"missing"}""", Fate.Mended),
        Tool("""{"name":"null","inputSchema":null}""", Fate.Mended),
        Tool("""{"name":"empty","inputSchema":{}}""", Fate.Mended),
        Tool("""{"name":"true","inputSchema":true}""", Fate.Mended),
        Tool("""{"name":"php","inputSchema":[]}""", Fate.Mended),
        Tool("""{"name":"false","inputSchema":false}""", Fate.LeftOut),
        Tool("""{"name":"text","inputSchema":"object"}""", Fate.LeftOut),
        Tool("""{"name":"list","inputSchema":["object"]}""", Fate.LeftOut),
        Tool("""{"name":"number","inputSchema":7}""", Fate.LeftOut),
        Tool("""{"name":"string","inputSchema":{"type":"string"}}""", Fate.LeftOut),
        Tool("""{"name":"array","inputSchema":{"type":"array","items":{}}}""", Fate.LeftOut),
        Tool("""{"name":"typo","inputSchema":{"type":"string","properties":{"a":{}}}}""", Fate.Mended),
        Tool("""{"name":"upper","inputSchema":{"type":"OBJECT"}}""", Fate.Mended),
        Tool("""{"name":"types","inputSchema":{"type":["object","null"]}}""", Fate.Mended),
        Tool("""{"name":"nulltype","inputSchema":{"type":null}}""", Fate.Mended),
        Tool("""{"name":"any","inputSchema":{"anyOf":[{"type":"object"}]}}""", Fate.Mended),
        Tool("""{"name":"one","inputSchema":{"oneOf":[{"type":"object"}]}}""", Fate.Mended),
        Tool("""{"name":"all","inputSchema":{"allOf":[{"type":"object"}]}}""", Fate.Mended),
        Tool("""{"name":"ref","inputSchema":{"$ref":"#/$defs/a","$defs":{"a":{"type":"object"}}}}""", Fate.Mended),
        Tool("""{"name":"properties","inputSchema":{"type":"object","properties":[]}}""", Fate.Mended),
        Tool("""{"name":"property","inputSchema":{"type":"object","properties":{"a":true,"b":null,"c":"string","d":[],"e":false}}}""", Fate.Mended),
        Tool("""{"name":"required","inputSchema":{"type":"object","required":null}}""", Fate.Mended),
        Tool("""{"name":"draft3","inputSchema":{"type":"object","required":true}}""", Fate.Mended),
        Tool("""{"name":"somerequired","inputSchema":{"type":"object","required":["a",5,null]}}""", Fate.Mended),
        Tool("""{"name":"dialect","inputSchema":{"type":"object","$schema":7}}""", Fate.Mended),
        Tool(Deep("depth60", 58), Fate.AsItIs),
        Tool(Deep("depth61", 59), Fate.LeftOut),
        Tool(Deep("depth5000", 5000), Fate.LeftOut),

        // What clients compile, or want to be an object.
        Tool("""{"name":"outnull","inputSchema":{"type":"object"},"outputSchema":null}""", Fate.Mended),
        Tool("""{"name":"outlist","inputSchema":{"type":"object"},"outputSchema":[]}""", Fate.Mended),
        Tool("""{"name":"outany","inputSchema":{"type":"object"},"outputSchema":{"anyOf":[{"type":"object"},{"type":"null"}]}}""", Fate.AsItIs),
        Tool("""{"name":"outarray","inputSchema":{"type":"object"},"outputSchema":{"type":"array","items":{"type":"string"}}}""", Fate.AsItIs),
        Tool("""{"name":"outgood","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"$ref":"#/$defs/x"},"b":{"type":"string","pattern":"^[\\w-]{1,8}$"}},"$defs":{"x":{"type":["integer","null"]} },"required":["a"]}}""", Fate.AsItIs),
        Tool("""{"name":"outplace","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"$ref":"#/x"}},"x":{"type":"weird"}}}""", Fate.Mended),
        Tool("""{"name":"outcircle","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}}""", Fate.Mended),
        Tool("""{"name":"outescape","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"$ref":"#/$defs/%zz"}},"$defs":{"%zz":{}}}}""", Fate.Mended),
        Tool("""{"name":"outformat","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"type":"string","formatMinimum":"2020-01-01"}}}}""", Fate.Mended),
        Tool("""{"name":"outlookahead","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"type":"string","pattern":"(?=a)*"}}}}""", Fate.Mended),
        Tool("""{"name":"inhuge","inputSchema":{"type":"object","properties":{"x":{"default":1e400}}}}""", Fate.LeftOut),
        Tool("""{"name":"in\ufffdname","inputSchema":{"type":"object"}}""", Fate.LeftOut),
        Tool("""{"name":"outdraft4","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"type":"integer","minimum":0,"exclusiveMinimum":true}}}}""", Fate.Mended),
        Tool("""{"name":"outtype","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"type":"int"}}}}""", Fate.Mended),
        Tool("""{"name":"outref","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/A"}}}}""", Fate.Mended),
        Tool("""{"name":"outfar","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"$ref":"https://example.com/a.json"}}}}""", Fate.Mended),
        Tool("""{"name":"outpattern","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"type":"string","pattern":"(?P<x>a)"}}}}""", Fate.Mended),
        Tool("""{"name":"outpattern2","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"type":"string","pattern":"^(?i)a\\Z"}}}}""", Fate.Mended),
        Tool("""{"name":"outpattern3","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"type":"string","pattern":"a{,3}"}}}}""", Fate.Mended),
        Tool("""{"name":"outnullable","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"nullable":true}}}}""", Fate.Mended),
        Tool("""{"name":"outnullprop","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":null}}}""", Fate.Mended),
        Tool("""{"name":"outenum","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"enum":[]}}}}""", Fate.Mended),
        Tool("""{"name":"outid","inputSchema":{"type":"object"},"outputSchema":{"$id":"https://example.com/one","type":"object"}}""", Fate.Mended),
        Tool("""{"name":"outoldid","inputSchema":{"type":"object"},"outputSchema":{"id":"one","type":"object"}}""", Fate.Mended),
        Tool("""{"name":"outdialect","inputSchema":{"type":"object"},"outputSchema":{"$schema":"http://json-schema.org/draft-04/schema#","type":"object"}}""", Fate.Mended),
        Tool("""{"name":"outrequired","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"a":{"type":"string","required":true}}}}""", Fate.Mended),

        // Members beside the schemas.
        Tool("""{"name":"nulls","inputSchema":{"type":"object"},"title":null,"description":null,"annotations":null,"icons":null,"_meta":null,"execution":null}""", Fate.Mended),
        Tool("""{"name":"types2","inputSchema":{"type":"object"},"title":5,"description":{},"annotations":[],"icons":{},"_meta":[],"execution":"optional"}""", Fate.Mended),
        Tool("""{"name":"hints","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":null,"title":null,"idempotentHint":"yes","x-other":[null]}}""", Fate.Mended),
        Tool("""{"name":"icons","inputSchema":{"type":"object"},"icons":[{"src":"https://example.com/a.png","sizes":"48x48","theme":"blue"},{"mimeType":"image/png"},null,5]}""", Fate.Mended),
        Tool("""{"name":"task","inputSchema":{"type":"object"},"execution":{"taskSupport":"sometimes"}}""", Fate.Mended),
        Tool("""{"name":"unknown","inputSchema":{"type":"object"},"x-new":{"deep":[1,null,{"a":[]}]},"more":null}""", Fate.AsItIs),
        Tool($$$$"""{"name":"big","inputSchema":{"type":"object"},"icons":[{"src":"data:image/png;base64,{{{{new string('A', 256 * 1024)}}}}"}]}""", Fate.LeftOut),

        // Text that is none, and names that are twice there.
        Tool("""{"name":"half","description":"cut \ud83d","inputSchema":{"type":"object"}}""", Fate.Mended),
        Tool("""{"name":"halfproperty","inputSchema":{"type":"object","properties":{"\udc00":{"description":"\ud800\ud800"}}}}""", Fate.Mended),
        Tool("""{"name":"halfmember","\ud800":"\udfff","inputSchema":{"type":"object"}}""", Fate.Mended),
        Tool("""{"name":"halfkey\ud83d","inputSchema":{"type":"object"}}""", Fate.LeftOut),
        Tool("""{"name":"whole \ud83d\ude00 \\ud83d","inputSchema":{"type":"object"}}""", Fate.AsItIs),
        Tool("""{"name":"twice","inputSchema":{"type":"object"},"description":"one","description":"two","inputSchema":{"type":"object","properties":{"a":{"type":"string"},"\u0061":{"type":"number"}}}}""", Fate.Mended),
        Tool("""{"name":"first","name":"last","inputSchema":{"type":"object"}}""", Fate.Mended),

        // Names.
        Tool($$$$"""{"name":"{{{{new string('n', 129)}}}}","inputSchema":{"type":"object"}}""", Fate.LeftOut),
        Tool("""{"name":"","inputSchema":{"type":"object"}}""", Fate.LeftOut),
        Tool("""{"name":"line\nbreak","inputSchema":{"type":"object"}}""", Fate.LeftOut),
        Tool("""{"name":5,"inputSchema":{"type":"object"}}""", Fate.LeftOut),
        Tool("""{"title":"none","inputSchema":{"type":"object"}}""", Fate.LeftOut),
        Tool("7", Fate.LeftOut),
        Tool("null", Fate.LeftOut),

        new(CatalogKind.Prompt, """{"name":"p-null","arguments":null,"description":null,"title":null}""", Fate.Mended),
        new(CatalogKind.Prompt, """{"name":"p-object","arguments":{"a":{}}}""", Fate.Mended),
        new(CatalogKind.Prompt, """{"name":"p-arguments","arguments":[{"name":"a","required":"yes","description":null},{"description":"nameless"},"b",null]}""", Fate.Mended),
        new(CatalogKind.Prompt, """{"name":"p-half","arguments":[{"name":"\ud83d"}]}""", Fate.Mended),
        new(CatalogKind.Prompt, """{"name":"p-good","arguments":[{"name":"a","title":"A","required":true}],"_meta":{"x":1}}""", Fate.AsItIs),
        new(CatalogKind.Prompt, """{"description":"nameless"}""", Fate.LeftOut),

        new(CatalogKind.Resource, """{"uri":"odd://nameless"}""", Fate.Mended),
        new(CatalogKind.Resource, """{"uri":"odd://nullname","name":null,"mimeType":null,"size":"5","annotations":[]}""", Fate.Mended),
        new(CatalogKind.Resource, """{"uri":"odd://size","name":"a","size":1.5}""", Fate.Mended),
        new(CatalogKind.Resource, """{"uri":"odd://annotations","name":"a","annotations":{"audience":["user","robot"],"priority":7,"lastModified":"yesterday"}}""", Fate.Mended),
        new(CatalogKind.Resource, """{"uri":"odd://audience","name":"a","annotations":{"audience":"user","priority":"high","lastModified":"2025-01-12"}}""", Fate.Mended),
        new(CatalogKind.Resource, """{"uri":"odd://good","name":"a","size":7,"annotations":{"audience":["user"],"priority":0.5,"lastModified":"2025-01-12T15:00:58.123+01:00"}}""", Fate.AsItIs),
        new(CatalogKind.Resource, """{"uri":"odd://\ud83d","name":"a"}""", Fate.LeftOut),
        new(CatalogKind.Resource, """{"name":"no uri"}""", Fate.LeftOut),
        new(CatalogKind.Resource, $$"""{"uri":"odd://{{new string('u', 9000)}}","name":"long"}""", Fate.LeftOut),

        new(CatalogKind.ResourceTemplate, """{"uriTemplate":"odd://{x}"}""", Fate.Mended),
        new(CatalogKind.ResourceTemplate, """{"uriTemplate":"odd://{y}","name":7,"mimeType":{},"icons":[],"_meta":"x"}""", Fate.Mended),
        new(CatalogKind.ResourceTemplate, """{"uriTemplate":"odd://{{{}}}{?","name":"braces"}""", Fate.AsItIs),
        new(CatalogKind.ResourceTemplate, """{"uriTemplate":null,"name":"none"}""", Fate.LeftOut),
        new(CatalogKind.ResourceTemplate, $$"""{"uriTemplate":"odd://{{new string('t', 3000)}}","name":"long"}""", Fate.LeftOut),
    ];

    /// <summary>Reads one as it is read from a list.</summary>
    public static DefinitionReading Read(CatalogKind kind, ReadOnlySpan<byte> json, string service = "odd") =>
        CatalogListShape.Of(kind).Read(service, JsonElement.Parse(json, DefinitionReader.Document));

    public static DefinitionReading Read(CatalogKind kind, string json, string service = "odd") => Read(kind, Encoding.UTF8.GetBytes(json), service);

    /// <summary>What the service that publishes all of them offers.</summary>
    public static ServiceCatalog Catalog() => new()
    {
        Tools = [.. Entries(CatalogKind.Tool)],
        Prompts = [.. Entries(CatalogKind.Prompt)],
        Resources = [.. Entries(CatalogKind.Resource)],
        ResourceTemplates = [.. Entries(CatalogKind.ResourceTemplate)],
    };

    private static IEnumerable<CatalogEntry> Entries(CatalogKind kind) => All.Where(one => one.Kind == kind).Select(one => Read(kind, one.Json).Entry).OfType<CatalogEntry>();

    private static Odd Tool(string json, Fate fate) => new(CatalogKind.Tool, json, fate);

    // The item and its inputSchema are two levels, the properties a third.
    private static string Deep(string name, int levels) =>
        "{\"name\":\"" + name + "\",\"inputSchema\":{\"type\":\"object\",\"properties\":" + string.Concat(Enumerable.Repeat("{\"p\":", levels - 1)) + "{}" + new string('}', levels - 1) + "}}";
}
