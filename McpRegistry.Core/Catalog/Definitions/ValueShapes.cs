using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>The shapes that definitions are made of. Members that no shape names may be anything.</summary>
internal static class ValueShapes
{
    public static ValueShape Text { get; } = new("a text", static value => value.ValueKind == JsonValueKind.String);

    public static ValueShape Flag { get; } = new("true or false", static value => value.ValueKind is JsonValueKind.True or JsonValueKind.False);

    public static ValueShape AnyObject { get; } = new("an object", static value => value.ValueKind == JsonValueKind.Object);

    public static ValueShape Size { get; } = new("a whole number", static value => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _));

    public static ValueShape Priority { get; } = new("a number from 0 to 1", static value => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is >= 0 and <= 1);

    /// <summary>The TypeScript SDK takes <c>2025-01-12T15:00:58Z</c>, with a fraction or an offset, and refuses the whole list for anything else.</summary>
    public static ValueShape Time { get; } = new("a time with its offset (ISO 8601)", static value => value.ValueKind == JsonValueKind.String && IsTime(value.GetString()!));

    public static ValueShape OneOf(params string[] values) =>
        new(string.Join(" or ", values), value => value.ValueKind == JsonValueKind.String && values.Any(one => value.ValueEquals(one)));

    /// <summary>A list; what does not fit into it is left out of it.</summary>
    public static ValueShape ListOf(ValueShape item, string expected) => new(expected, value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item.Fits))
    {
        CanMend = static value => value.ValueKind == JsonValueKind.Array,
        WriteMended = (value, writer) =>
        {
            writer.WriteStartArray();
            foreach (var one in value.EnumerateArray()) TryWrite(item, one, writer);
            writer.WriteEndArray();
        },
    };

    /// <summary>An object; known members that do not fit are left out of it.</summary>
    /// <param name="expected">What it is, in words.</param>
    /// <param name="required">The members that must be there.</param>
    /// <param name="members">The known members.</param>
    public static ValueShape ObjectOf(string expected, string[] required, params (string Name, ValueShape Shape)[] members)
    {
        var known = members.ToFrozenDictionary(one => one.Name, one => one.Shape, StringComparer.Ordinal);
        return new ValueShape(expected, value => HasRequired(value) && value.EnumerateObject().All(member => known.GetValueOrDefault(member.Name)?.Fits(member.Value) ?? true))
        {
            CanMend = HasRequired,
            WriteMended = (value, writer) =>
            {
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject()) WriteMember(member, known.GetValueOrDefault(member.Name), writer);
                writer.WriteEndObject();
            },
        };

        bool HasRequired(JsonElement value) =>
            value.ValueKind == JsonValueKind.Object && required.All(name => value.TryGetProperty(name, out var member) && known[name].Fits(member));
    }

    /// <summary>Writes a member as it is where it fits or is not known, else mended, else not at all.</summary>
    public static void WriteMember(JsonProperty member, ValueShape? shape, Utf8JsonWriter writer)
    {
        if (shape is null || shape.Fits(member.Value))
        {
            writer.WritePropertyName(member.Name);
            WriteAsIs(member.Value, writer);
        }
        else if (shape.CanMend(member.Value))
        {
            writer.WritePropertyName(member.Name);
            shape.WriteMended(member.Value, writer);
        }
    }

    public static void WriteAsIs(JsonElement value, Utf8JsonWriter writer) => writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    private static void TryWrite(ValueShape shape, JsonElement value, Utf8JsonWriter writer)
    {
        if (shape.Fits(value)) WriteAsIs(value, writer);
        else if (shape.CanMend(value)) shape.WriteMended(value, writer);
    }

    private static bool IsTime(string text)
    {
        const int SecondsEnd = 19;
        if (text.Length <= SecondsEnd || !DateTime.TryParseExact(text.AsSpan(0, SecondsEnd), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return false;
        var rest = text.AsSpan(SecondsEnd);
        if (rest[0] == '.')
        {
            var end = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (end is < 1 or > 7) return false;
            rest = rest[(end + 1)..];
        }
        return rest is "Z" || (rest.Length == 6 && rest[0] is '+' or '-' && TimeSpan.TryParseExact(rest[1..], "hh':'mm", CultureInfo.InvariantCulture, out var offset) && offset.TotalHours <= 14);
    }
}
