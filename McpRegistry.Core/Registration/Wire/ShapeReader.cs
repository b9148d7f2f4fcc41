using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace McpRegistry.Core.Registration.Wire;

/// <summary>
/// Holds a JSON document against the model's own metadata and finds everything that does not fit, not only the first;
/// what fits is copied out for the serializer. A null counts as not given.
/// </summary>
/// <param name="readOnly">Members of the whole that may be there and count for nothing.</param>
/// <param name="name">The name, where the document has none. Null: it must have one.</param>
internal sealed class ShapeReader(IReadOnlyCollection<string> readOnly, string? name)
{
    private readonly ArrayBufferWriter<byte> _fitting = new();
    private readonly List<RegistrationError> _errors = [];
    private readonly List<RegistrationError> _unknown = [];

    /// <summary>What has the wrong type, stands twice or is missing.</summary>
    public ImmutableArray<RegistrationError> Errors => [.. _errors];

    /// <summary>Members the model does not have.</summary>
    public ImmutableArray<RegistrationError> Unknown => [.. _unknown];

    /// <summary>Reads a document. The answer is for the serializer and complete only without <see cref="Errors"/>.</summary>
    public ReadOnlyMemory<byte> Read(JsonElement document, JsonTypeInfo type)
    {
        using var writer = new Utf8JsonWriter(_fitting);
        try
        {
            Copy(document, type, FieldPath.Root, writer);
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for an escaped half of a surrogate pair, which is JSON but not text.
            _errors.Add(new RegistrationError(FieldPath.Root, "A text in it is not Unicode."));
        }
        if (_errors.Count == 0) writer.Flush();
        return _fitting.WrittenMemory;
    }

    private void Copy(JsonElement value, JsonTypeInfo type, string path, Utf8JsonWriter writer)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when Is(value, JsonValueKind.Object, "an object", path, writer):
                CopyObject(value, type, path, writer);
                break;
            case JsonTypeInfoKind.Dictionary when Is(value, JsonValueKind.Object, "an object", path, writer):
                CopyDictionary(value, ElementOf(type), path, writer);
                break;
            case JsonTypeInfoKind.Enumerable when Is(value, JsonValueKind.Array, "a list", path, writer):
                CopyList(value, ElementOf(type), path, writer);
                break;
            case JsonTypeInfoKind.None:
                CopyLeaf(value, type, path, writer);
                break;
        }
    }

    private void CopyObject(JsonElement value, JsonTypeInfo type, string path, Utf8JsonWriter writer)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        var filled = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            var memberPath = FieldPath.Member(path, member.Name);
            if (IsDuplicate(given, member.Name, memberPath)) continue;
            if (path == FieldPath.Root && readOnly.Contains(member.Name)) continue;
            if (type.Properties.FirstOrDefault(one => one.Name == member.Name) is not { } property)
            {
                _unknown.Add(new RegistrationError(memberPath, "There is no such member."));
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                filled.Add(member.Name);
                writer.WritePropertyName(member.Name);
                Copy(member.Value, type.Options.GetTypeInfo(property.PropertyType), memberPath, writer);
            }
        }
        foreach (var missing in type.Properties.Where(one => one.IsRequired && !filled.Contains(one.Name)))
        {
            if (name is not null && path == FieldPath.Root && missing.Name == "name") writer.WriteString(missing.Name, name);
            else _errors.Add(new RegistrationError(FieldPath.Member(path, missing.Name), "It is required."));
        }
        writer.WriteEndObject();
    }

    private void CopyDictionary(JsonElement value, JsonTypeInfo element, string path, Utf8JsonWriter writer)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            var memberPath = FieldPath.Member(path, member.Name);
            if (IsDuplicate(given, member.Name, memberPath)) continue;
            writer.WritePropertyName(member.Name);
            Copy(member.Value, element, memberPath, writer);
        }
        writer.WriteEndObject();
    }

    private void CopyList(JsonElement value, JsonTypeInfo element, string path, Utf8JsonWriter writer)
    {
        var index = 0;
        writer.WriteStartArray();
        foreach (var one in value.EnumerateArray()) Copy(one, element, FieldPath.Element(path, index++), writer);
        writer.WriteEndArray();
    }

    private void CopyLeaf(JsonElement value, JsonTypeInfo type, string path, Utf8JsonWriter writer)
    {
        try
        {
            // Only reached inside lists and dictionaries, whose elements the serializer would let be null.
            if (value.ValueKind == JsonValueKind.Null) throw new JsonException();
            _ = value.Deserialize(type);
            RefuseDuplicatesInside(value, path);
            value.WriteTo(writer);
        }
        catch (JsonException)
        {
            Misfit(LeafWords.For(type.Type), path, writer);
        }
    }

    private bool Is(JsonElement value, JsonValueKind kind, string expected, string path, Utf8JsonWriter writer)
    {
        if (value.ValueKind == kind) return true;
        Misfit(expected, path, writer);
        return false;
    }

    // Something must follow a name already written, or the writer would refuse to go on to the next misfit.
    private void Misfit(string expected, string path, Utf8JsonWriter writer)
    {
        _errors.Add(new RegistrationError(path, $"It must be {expected}."));
        writer.WriteNullValue();
    }

    private bool IsDuplicate(HashSet<string> given, string name, string path)
    {
        if (given.Add(name)) return false;
        _errors.Add(new RegistrationError(path, "It is given twice."));
        return true;
    }

    // JSON schemas are kept as they are, so nobody downstream may read another value out of them than we did.
    private void RefuseDuplicatesInside(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var given = new HashSet<string>(StringComparer.Ordinal);
                foreach (var member in value.EnumerateObject())
                {
                    var memberPath = FieldPath.Member(path, member.Name);
                    if (!IsDuplicate(given, member.Name, memberPath)) RefuseDuplicatesInside(member.Value, memberPath);
                }
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var one in value.EnumerateArray()) RefuseDuplicatesInside(one, FieldPath.Element(path, index++));
                break;
            case JsonValueKind.String:
                _ = value.GetString();
                break;
        }
    }

    private static JsonTypeInfo ElementOf(JsonTypeInfo type) => type.Options.GetTypeInfo(type.ElementType!);
}
