using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Discovery;

/// <summary>Reads the file people already have: <c>mcpServers</c> (Claude, Cursor) or <c>servers</c> (VS Code), comments and trailing commas allowed.</summary>
/// <param name="directory">The file's folder: <c>${workspaceFolder}</c>, and where relative <c>cwd</c> start.</param>
/// <param name="secrets">Fills placeholders in URLs and folders, which cannot wait until the moment of use.</param>
/// <param name="now">The time written on the registrations.</param>
/// <param name="policies">The load balancing policies an entry may name. Null: the built-in ones.</param>
internal sealed class McpServersFile(string directory, ISecretResolver secrets, DateTimeOffset now, LoadBalancingPolicySet? policies = null)
{
    private static readonly string[] Sections = ["mcpServers", "servers"];

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = RegistrationJson.MaxDepth,
    };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the text of the file. Never throws for what can stand in a file.</summary>
    public McpServersFileContent Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text.Span.StartsWith(ByteOrderMark) ? text[3..] : text, Lenient);
            return Read(document.RootElement);
        }
        catch (JsonException broken)
        {
            return McpServersFileContent.Unreadable(FieldPath.Root, JsonPlace.Describe(broken));
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for bytes or escapes that are no text.
            return McpServersFileContent.Unreadable(FieldPath.Root, "A text in it is not Unicode.");
        }
    }

    private McpServersFileContent Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return McpServersFileContent.Unreadable(FieldPath.Root, "It must be an object.");
        var sections = root.EnumerateObject().Where(member => Sections.Contains(member.Name)).ToList();
        if (sections.Count == 0) return McpServersFileContent.Unreadable(FieldPath.Root, "It has neither mcpServers nor servers.");
        if (sections.Find(section => section.Value.ValueKind != JsonValueKind.Object) is { Value.ValueKind: not JsonValueKind.Undefined } odd)
            return McpServersFileContent.Unreadable(odd.Name, "It must be an object.");

        var entries = sections.SelectMany(section => section.Value.EnumerateObject().Select(entry => Read(section.Name, entry))).ToList();
        var twice = entries.GroupBy(entry => entry.Name).Where(same => same.Count() > 1).SelectMany(same => same.Skip(1)).ToHashSet(ReferenceEqualityComparer.Instance);
        return new McpServersFileContent
        {
            Registrations = [.. entries.Where(entry => !twice.Contains(entry)).Select(entry => entry.Registration).OfType<ServiceRegistration>()],
            BrokenNames = [.. entries.Where(entry => !entry.Errors.IsEmpty).Select(entry => entry.Name)],
            Errors = [.. entries.SelectMany(entry => twice.Contains(entry) ? [new RegistrationError(entry.Path, "It is given twice.")] : entry.Errors)],
            Warnings = [.. entries.SelectMany(entry => entry.Warnings)],
        };
    }

    private Entry Read(string section, JsonProperty property)
    {
        var path = FieldPath.Member(section, property.Name);
        var rewriter = new McpServersEntry(directory, secrets);
        var json = rewriter.Rewrite(property.Name, property.Value);
        var reading = json is { } rewritten ? RegistrationJson.ParseLeniently(rewritten) : RegistrationReading.Failed();
        var registration = reading.Registration is { } read ? read with { Origin = RegistrationOrigin.File, CreatedAt = now, UpdatedAt = now } : null;
        ImmutableArray<RegistrationError> errors =
            [.. rewriter.Errors, .. reading.Errors, .. rewriter.Errors.IsEmpty && registration is not null ? RegistrationValidator.Validate(registration, policies) : []];
        return new Entry(property.Name, path, errors.IsEmpty ? registration : null)
        {
            Errors = InFile(path, errors),
            Warnings = InFile(path, [.. rewriter.Warnings, .. reading.Warnings]),
        };
    }

    private static ImmutableArray<RegistrationError> InFile(string path, ImmutableArray<RegistrationError> errors) =>
        [.. errors.Select(error => error with { Field = McpServersFields.InFile(path, error.Field) })];

    private sealed record Entry(string Name, string Path, ServiceRegistration? Registration)
    {
        public ImmutableArray<RegistrationError> Errors { get; init; } = [];

        public ImmutableArray<RegistrationError> Warnings { get; init; } = [];
    }
}
