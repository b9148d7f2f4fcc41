using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

using McpRegistry.Core.Discovery.Trust;
using McpRegistry.Core.Json;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Discovery;

/// <summary>Reads the file people already have: <c>mcpServers</c> (Claude, Cursor) or <c>servers</c> (VS Code), comments and trailing commas allowed.</summary>
/// <param name="directory">The file's folder: <c>${workspaceFolder}</c>, and where relative <c>cwd</c> start.</param>
/// <param name="secrets">Fills placeholders in URLs and folders, which cannot wait until the moment of use.</param>
/// <param name="now">The time written on the registrations.</param>
/// <param name="policies">The load balancing policies an entry may name. Null: the built-in ones.</param>
/// <param name="ownFolder">Where the gateway's own files are. Null: not known.</param>
internal sealed class McpServersFile(string directory, ISecretResolver secrets, DateTimeOffset now, LoadBalancingPolicySet? policies = null, string? ownFolder = null)
{
    private static readonly string[] Sections = ["mcpServers", "servers"];

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = RegistrationJson.MaxDepth,
    };

    private readonly ReachOfArguments _reach = new(secrets, ownFolder is null ? [directory] : [directory, ownFolder]);

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

        ImmutableArray<Entry> entries = [.. sections.SelectMany(section => section.Value.EnumerateObject().Select(entry => Read(section.Name, entry)))];
        var clashes = Clashes(entries);
        return new McpServersFileContent
        {
            Registrations = [.. entries.Where(entry => !clashes.ContainsKey(entry)).Select(entry => entry.Registration).OfType<ServiceRegistration>()],
            BrokenNames = [.. entries.Where(entry => !entry.Errors.IsEmpty).Select(entry => entry.Name)],
            Errors = [.. entries.SelectMany(entry => clashes.TryGetValue(entry, out var clash) ? [clash] : entry.Errors)],
            Warnings = [.. entries.Where(entry => !clashes.ContainsKey(entry)).SelectMany(entry => entry.Warnings)],
            Off = [.. entries.Where(entry => entry.IsOff).Select(entry => entry.Path)],
        };
    }

    // A key that is a name keeps it, wherever it stands: what another key would be called must not take it away.
    private static Dictionary<Entry, RegistrationError> Clashes(ImmutableArray<Entry> entries)
    {
        var clashes = new Dictionary<Entry, RegistrationError>(ReferenceEqualityComparer.Instance);
        foreach (var same in entries.Where(entry => !entry.IsOff).GroupBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var first = same.OrderBy(entry => entry.Key != entry.Name).First();
            foreach (var other in same.Where(entry => entry != first))
            {
                clashes[other] = new RegistrationError(other.Path, other.Key == first.Key
                    ? "It is given twice."
                    : $"It would be registered as {first.Name}, and so is {first.Path}; rename one of the two.");
            }
        }
        return clashes;
    }

    // Half a character somewhere in an entry is that entry's own mistake.
    private Entry Read(string section, JsonProperty property)
    {
        try { return ReadSound(section, property); }
        catch (InvalidOperationException)
        {
            var key = JsonText.Decode(JsonUnicode.Mend([(byte)'"', .. JsonMarshal.GetRawUtf8PropertyName(property), (byte)'"']));
            var path = FieldPath.Member(section, key);
            return new Entry(key, key, path, null, false) { Errors = [new RegistrationError(path, "A text in it is not Unicode.")] };
        }
    }

    private Entry ReadSound(string section, JsonProperty property)
    {
        var path = FieldPath.Member(section, property.Name);
        // Where no name can be made, the rule for names refuses the key as it is.
        var name = McpServersName.From(property.Name) ?? property.Name;
        var rewriter = new McpServersEntry(directory, secrets);
        var json = rewriter.Rewrite(name, property.Value);
        var reading = json is { } rewritten ? RegistrationJson.ParseLeniently(rewritten) : RegistrationReading.Failed();
        var registration = reading.Registration is { } read ? read with { Origin = RegistrationOrigin.File, CreatedAt = now, UpdatedAt = now } : null;
        ImmutableArray<RegistrationError> errors =
            [.. rewriter.Errors, .. reading.Errors, .. rewriter.Errors.IsEmpty && registration is not null ? RegistrationValidator.Validate(registration, policies) : []];
        ImmutableArray<RegistrationError> renamed = name == property.Name || !errors.IsEmpty || rewriter.IsOff
            ? []
            : [new RegistrationError(FieldPath.Root, $"It is registered as {name}: names of services are lower-case letters, digits and hyphens.")];
        return new Entry(property.Name, name, path, errors.IsEmpty ? registration : null, rewriter.IsOff)
        {
            Errors = InFile(path, rewriter.Address, errors),
            Warnings = InFile(path, rewriter.Address, [.. renamed, .. rewriter.Warnings, .. reading.Warnings, .. errors.IsEmpty && registration is not null ? _reach.In(registration) : []]),
        };
    }

    private static ImmutableArray<RegistrationError> InFile(string path, string address, ImmutableArray<RegistrationError> errors) =>
        [.. errors.Select(error => error with { Field = McpServersFields.InFile(path, error.Field, address) })];

    private sealed record Entry(string Key, string Name, string Path, ServiceRegistration? Registration, bool IsOff)
    {
        public ImmutableArray<RegistrationError> Errors { get; init; } = [];

        public ImmutableArray<RegistrationError> Warnings { get; init; } = [];
    }
}
