using System.Buffers;
using System.Text;
using System.Text.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Writes values in the styles of OpenAPI 3 (Parameter Object, "Style Values").</summary>
internal static class ParameterText
{
    /// <summary>What stands in a path in place of a parameter, escaped: never more than a part of one segment, whatever the style.</summary>
    /// <exception cref="ArgumentRefusedException">The value, or a piece of it, would lead out of its segment.</exception>
    public static string InPath(PlainParameter parameter, JsonElement value)
    {
        var parts = PartsOf(parameter, value, text => Uri.EscapeDataString(WithinSegment(parameter, text)));
        var explode = parameter.Explode;
        return parameter.Style switch
        {
            PlainStyle.Label when parts.IsSingle => "." + parts.Single,
            PlainStyle.Label => "." + parts.Join(explode ? "." : ",", explode ? "=" : ","),
            PlainStyle.Matrix when parts.IsSingle || (explode && parts.IsList) => string.Concat(parts.Values.Select(one => $";{Name(parameter)}={one}")),
            PlainStyle.Matrix when explode => ";" + parts.Join(";", "="),
            PlainStyle.Matrix => $";{Name(parameter)}={parts.Join(",", ",")}",
            _ => parts.Join(",", explode ? "=" : ","),
        };
    }

    /// <summary>The pairs of a query (or of a form body), escaped, with <c>&amp;</c> between them. Empty: an empty list or object.</summary>
    public static string InQuery(PlainParameter parameter, JsonElement value)
    {
        if (parameter.Style == PlainStyle.DeepObject && value.ValueKind == JsonValueKind.Object)
        {
            var pairs = new List<string>();
            AddDeep(pairs, Name(parameter), parameter, value);
            return string.Join('&', pairs);
        }

        var delimiter = parameter.Style switch
        {
            PlainStyle.SpaceDelimited => "%20",
            PlainStyle.PipeDelimited => "%7C",
            _ => ",",
        };
        var parts = PartsOf(parameter, value, parameter.AllowReserved ? EscapeButReserved : Uri.EscapeDataString);
        if (parts.IsEmpty) return "";
        if (parts.IsSingle || (parameter.Explode && parts.IsList)) return string.Join('&', parts.Values.Select(one => $"{Name(parameter)}={one}"));
        return parameter.Explode ? parts.Join("&", "=") : $"{Name(parameter)}={parts.Join(delimiter, delimiter)}";
    }

    /// <summary>The value of a header, not escaped.</summary>
    /// <exception cref="ArgumentRefusedException">A piece of a list or object holds what stands between pieces.</exception>
    public static string InHeader(PlainParameter parameter, JsonElement value)
    {
        var parts = PartsOf(parameter, value, static text => text);
        // Nothing is escaped in a header, so a comma within a piece would make two of it.
        if (!parts.IsSingle && parts.Any(piece => piece.Contains(',', StringComparison.Ordinal) || (parameter.Explode && !parts.IsList && piece.Contains('=', StringComparison.Ordinal))))
            throw new ArgumentRefusedException($"The argument \"{parameter.Argument}\" is sent as a header, and what is in it must not hold commas.");
        return parts.Join(",", parameter.Explode ? "=" : ",");
    }

    /// <summary>The pairs of a <c>Cookie</c> header, escaped.</summary>
    public static string InCookie(PlainParameter parameter, JsonElement value)
    {
        var parts = PartsOf(parameter, value, Uri.EscapeDataString);
        if (parts.IsEmpty) return "";
        if (parts.IsSingle || (parameter.Explode && parts.IsList)) return string.Join("; ", parts.Values.Select(one => $"{Name(parameter)}={one}"));
        return parameter.Explode ? parts.Join("; ", "=") : $"{Name(parameter)}={parts.Join(",", ",")}";
    }

    /// <summary>A single value as text: a string without its quotes, anything else as JSON.</summary>
    public static string TextOf(string argument, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            // Half a surrogate pair is well-formed JSON, but no text that could be escaped or sent.
            try { return value.GetString()!; }
            catch (InvalidOperationException) { throw ArgumentRefusedException.NoText(argument); }
        }

        return value.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? JsonOf(argument, value) : value.GetRawText();
    }

    /// <summary>A value as JSON on one line and in ASCII, so that it can stand anywhere.</summary>
    public static string JsonOf(string argument, JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output);
        try { value.WriteTo(writer); }
        catch (InvalidOperationException) { throw ArgumentRefusedException.NoText(argument); }
        writer.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The name of a member of an argument.</summary>
    public static string NameOf(string argument, JsonProperty member)
    {
        try { return member.Name; }
        catch (InvalidOperationException) { throw ArgumentRefusedException.NoText(argument); }
    }

    private static void AddDeep(List<string> pairs, string name, PlainParameter parameter, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    AddDeep(pairs, $"{name}%5B{Uri.EscapeDataString(NameOf(parameter.Argument, member))}%5D", parameter, member.Value);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) pairs.Add($"{name}={Uri.EscapeDataString(TextOf(parameter.Argument, item))}");
                break;
            case JsonValueKind.Null:
                break;
            default:
                pairs.Add($"{name}={Uri.EscapeDataString(TextOf(parameter.Argument, value))}");
                break;
        }
    }

    private static string WithinSegment(PlainParameter parameter, string text) =>
        text.Length <= PlainCall.MaxTarget && PathSegments.IsWithinOne(text) ? text
            : throw new ArgumentRefusedException($"The argument \"{parameter.Argument}\" is part of the path and must not hold \"/\", \"\\\", \";\" or control characters, nor these in an escaped form.");

    private static Parts PartsOf(PlainParameter parameter, JsonElement value, Func<string, string> escape)
    {
        var argument = parameter.Argument;
        if (parameter.Style == PlainStyle.Json) return Parts.Of(escape(JsonOf(argument, value)));
        if (value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)) return Parts.Of(escape(TextOf(argument, value)));
        if (!parameter.TakesParts) throw new ArgumentRefusedException($"The argument \"{argument}\" must be a single value, not a list or an object.");
        if (value.ValueKind == JsonValueKind.Array) return new Parts([.. value.EnumerateArray().Select(item => escape(TextOf(argument, item)))], null);
        var members = value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).ToList();
        return new Parts([.. members.Select(member => escape(TextOf(argument, member.Value)))], [.. members.Select(member => escape(NameOf(argument, member)))]);
    }

    private static string Name(PlainParameter parameter) => parameter.In == PlainLocation.Cookie ? parameter.Name : Uri.EscapeDataString(parameter.Name);

    // "&", ";" (which divides parameters as well for old servers), "#", "+", "%" and brackets would change what the query says; what
    // else is reserved stays.
    private static string EscapeButReserved(string text)
    {
        var escaped = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && Reserved.Contains((char)rune.Value)) escaped.Append((char)rune.Value);
            else escaped.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return escaped.ToString();
    }

    private static readonly SearchValues<char> Reserved = SearchValues.Create(":/?@!$'()*,=");

    /// <summary>The pieces of a value, escaped: one, a list, or the members of an object.</summary>
    private readonly record struct Parts(string[] Values, string[]? Names, bool IsSingle = false)
    {
        public bool IsList => Names is null;

        public bool IsEmpty => Values.Length == 0;

        public string Single => Values[0];

        public bool Any(Func<string, bool> holds) => Values.Any(holds) || Names?.Any(holds) == true;

        public static Parts Of(string single) => new([single], null, IsSingle: true);

        public string Join(string between, string within) =>
            Names is { } names ? string.Join(between, names.Zip(Values, (name, value) => name + within + value)) : string.Join(between, Values);
    }
}
