using System.Globalization;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Tests.Acceptance.UpstreamData;

/// <summary>What a broken server sends in the places where the gateway reads it.</summary>
internal sealed class OddUpstream(OddJson json)
{
    /// <summary>The result of a list request.</summary>
    public string Page(CatalogKind kind)
    {
        var member = kind switch
        {
            CatalogKind.Tool => "tools",
            CatalogKind.Prompt => "prompts",
            CatalogKind.Resource => "resources",
            _ => "resourceTemplates",
        };
        var items = json.List(() => json.Chance(0.05) ? json.Any() : Item(kind));
        return json.Chance(0.05) ? json.Any()
            : json.ObjectOf([(member, json.Chance(0.95) ? items : json.Any()), .. json.Chance(0.2) ? [("nextCursor", json.Text())] : Array.Empty<(string, string)>()]);
    }

    /// <summary>The result of <c>initialize</c> or of <c>server/discover</c>.</summary>
    public string Handshake() => json.ObjectOf(
        json.Chance(0.5) ? ("protocolVersion", json.Mostly(() => "\"2025-11-25\"")) : ("supportedVersions", json.Mostly(() => "[\"2026-07-28\"]")),
        ("capabilities", json.Mostly(() => json.ObjectOf(("tools", json.Mostly(() => "{\"listChanged\":true}")), ("prompts", json.Any()), ("logging", json.Any())))),
        ("serverInfo", json.Mostly(() => json.ObjectOf(("name", json.Mostly(json.Text)), ("version", json.Mostly(json.Text))))),
        ("instructions", json.Mostly(json.Text)),
        ("_meta", json.Mostly(() => json.ObjectOf(("io.modelcontextprotocol/serverInfo", json.Any())))));

    /// <summary>The result of a call, a prompt or a read.</summary>
    public string Result() => json.Chance(0.2) ? json.Any() : json.ObjectOf(
        ("content", json.Mostly(() => json.List(() => json.ObjectOf(("type", "\"text\""), ("text", json.Mostly(json.Text)))))),
        ("structuredContent", json.Chance(0.05) ? json.Deep() : json.Any()),
        ("isError", json.Mostly(() => "true")),
        ("resultType", json.Mostly(() => json.Pick("\"complete\"", "\"input_required\""))));

    /// <summary>An error object.</summary>
    public string Error() => json.ObjectOf(
        ("code", json.Mostly(() => json.Pick("-32000", "-32601", "-32602", "-32022"))),
        ("message", json.Mostly(json.Text)),
        ("data", json.Mostly(() => json.ObjectOf(("code", json.Mostly(json.Text)), ("supported", json.Any()), ("maybe_executed", json.Any()), ("retry_after_ms", json.Any())))));

    /// <summary>A message that belongs to no request of ours, or only seems to.</summary>
    public string Message() => json.Chance(0.1) ? json.Any() : json.ObjectOf(
        ("jsonrpc", json.Mostly(() => "\"2.0\"")),
        ("method", json.Mostly(() => json.Pick("\"notifications/message\"", "\"notifications/progress\"", "\"notifications/tools/list_changed\"", "\"ping\"", "\"sampling/createMessage\"", "\"notifications/cancelled\""))),
        json.Chance(0.3) ? ("id", json.Any()) : ("x", "1"),
        ("params", json.Mostly(() => json.ObjectOf(("level", json.Mostly(() => "\"error\"")), ("data", json.Any()), ("progress", json.Any()), ("progressToken", json.Any()), ("_meta", json.Any())))));

    /// <summary>An OpenAPI document.</summary>
    public string Document() => json.ObjectOf(
        ("openapi", json.Mostly(() => "\"3.0.3\"")),
        ("info", json.Mostly(() => json.ObjectOf(("title", json.Text()), ("version", "\"1\"")))),
        ("components", json.Mostly(() => json.ObjectOf(("schemas", json.Mostly(() => json.ObjectOf(("A", json.Schema()), ("B", """{"$ref":"#/components/schemas/A"}"""))))))),
        ("paths", json.Mostly(() => json.ObjectOf([.. Enumerable.Range(0, json.Upto(4)).Select(index => (Path(index), json.Mostly(PathItem)))]))));

    private string Path(int index) => json.Pick("/tools/t", "/orders/{id}/", "/" + json.Text()[1..^1]) + index.ToString(CultureInfo.InvariantCulture);

    private string PathItem() => json.ObjectOf((json.Pick("get", "post", "put", "delete", "patch"), json.Mostly(() => json.ObjectOf(
        ("operationId", json.Mostly(json.Text)),
        ("description", json.Mostly(json.Text)),
        ("parameters", json.Mostly(() => json.List(() => json.ObjectOf(("name", json.Mostly(json.Text)), ("in", json.Mostly(() => json.Pick("\"query\"", "\"path\"", "\"header\""))), ("required", json.Any()), ("schema", json.Schema()))))),
        ("requestBody", json.Mostly(() => json.ObjectOf(("content", json.Mostly(() => json.ObjectOf(("application/json", json.Mostly(() => json.ObjectOf(("schema", json.Schema())))))))))),
        ("responses", json.Any())))));

    /// <summary>One item of a list.</summary>
    public string Item(CatalogKind kind)
    {
        var members = new List<(string, string)>();
        Add("title", 0.3, json.Text);
        Add("description", 0.6, json.Text);
        Add("icons", 0.2, () => json.List(() => json.ObjectOf(("src", json.Mostly(json.Text)), ("sizes", json.Any()), ("theme", json.Mostly(() => "\"dark\"")))));
        Add("_meta", 0.2, () => json.ObjectOf(("a", json.Any())));
        switch (kind)
        {
            case CatalogKind.Tool:
                members.Add(("name", json.Mostly(Name)));
                Add("inputSchema", 0.9, () => json.Schema());
                Add("outputSchema", 0.4, () => json.Schema());
                Add("annotations", 0.3, () => json.ObjectOf(("readOnlyHint", json.Mostly(() => "true")), ("title", json.Any())));
                Add("execution", 0.1, () => json.ObjectOf(("taskSupport", json.Mostly(() => "\"optional\""))));
                break;
            case CatalogKind.Prompt:
                members.Add(("name", json.Mostly(Name)));
                Add("arguments", 0.7, () => json.List(() => json.ObjectOf(("name", json.Mostly(json.Text)), ("required", json.Mostly(() => "true")), ("description", json.Any()))));
                break;
            default:
                Add("name", 0.8, json.Text);
                members.Add((kind == CatalogKind.Resource ? "uri" : "uriTemplate", json.Mostly(Uri)));
                Add("mimeType", 0.4, json.Text);
                Add("size", 0.3, () => json.Pick("1", "1.5", "1e3", "-1", "99999999999999999999"));
                Add("annotations", 0.3, () => json.ObjectOf(("audience", json.Mostly(() => """["user"]""")), ("priority", json.Mostly(() => "0.5")), ("lastModified", json.Mostly(json.Text))));
                break;
        }
        return json.ObjectOf([.. members]);

        void Add(string name, double chance, Func<string> value)
        {
            if (json.Chance(chance)) members.Add((name, json.Mostly(value)));
        }
    }

    private string Name() => json.Chance(0.1) ? json.Text() : $"\"t{json.Upto(1000)}\"";

    private string Uri() => json.Chance(0.3) ? "\"odd://{" + json.Text()[1..] : $"\"odd://{json.Upto(1000)}\"";
}
