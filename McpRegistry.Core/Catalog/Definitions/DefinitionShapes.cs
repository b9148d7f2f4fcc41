namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>
/// What the members of tools, prompts, resources and templates must be so that a definition fits the schemas of 2024-11-05 to
/// 2026-07-28. A revision that does not know a member passes over it, so the strictest that knows it counts.
/// </summary>
internal static class DefinitionShapes
{
    private static readonly ValueShape Icon = ValueShapes.ObjectOf(
        "an icon",
        ["src"],
        ("src", ValueShapes.Text), ("mimeType", ValueShapes.Text), ("sizes", ValueShapes.ListOf(ValueShapes.Text, "a list of texts")), ("theme", ValueShapes.OneOf("light", "dark")));

    private static readonly ValueShape Annotations = ValueShapes.ObjectOf(
        "annotations",
        [],
        ("audience", ValueShapes.ListOf(ValueShapes.OneOf("user", "assistant"), "a list of user and assistant")), ("priority", ValueShapes.Priority), ("lastModified", ValueShapes.Time));

    private static readonly ValueShape Hints = ValueShapes.ObjectOf(
        "annotations",
        [],
        ("title", ValueShapes.Text), ("readOnlyHint", ValueShapes.Flag), ("destructiveHint", ValueShapes.Flag), ("idempotentHint", ValueShapes.Flag), ("openWorldHint", ValueShapes.Flag));

    private static readonly ValueShape Argument = ValueShapes.ObjectOf(
        "an argument", ["name"], ("name", ValueShapes.Text), ("title", ValueShapes.Text), ("description", ValueShapes.Text), ("required", ValueShapes.Flag));

    private static readonly (string, ValueShape)[] Common =
        [("name", ValueShapes.Text), ("title", ValueShapes.Text), ("description", ValueShapes.Text), ("icons", ValueShapes.ListOf(Icon, "a list of icons")), ("_meta", ValueShapes.AnyObject)];

    private static readonly (string, ValueShape)[] OfContent = [.. Common, ("mimeType", ValueShapes.Text), ("annotations", Annotations)];

    private static readonly Dictionary<string, ValueShape>[] All =
    [
        Members([
            .. Common,
            ("inputSchema", ObjectSchema.Shape),
            ("outputSchema", OutputSchema.Shape),
            ("annotations", Hints),
            ("execution", ValueShapes.ObjectOf("an object", [], ("taskSupport", ValueShapes.OneOf("required", "optional", "forbidden")))),
        ]),
        Members([.. Common, ("arguments", ValueShapes.ListOf(Argument, "a list of arguments"))]),
        Members([.. OfContent, ("uri", ValueShapes.Text), ("size", ValueShapes.Size)]),
        Members([.. OfContent, ("uriTemplate", ValueShapes.Text)]),
    ];

    /// <summary>The known members of a kind of definition, by name.</summary>
    public static IReadOnlyDictionary<string, ValueShape> Of(CatalogKind kind) => All[(int)kind];

    private static Dictionary<string, ValueShape> Members((string Name, ValueShape Shape)[] members) => members.ToDictionary(one => one.Name, one => one.Shape, StringComparer.Ordinal);
}
