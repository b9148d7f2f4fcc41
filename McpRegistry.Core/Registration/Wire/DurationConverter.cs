using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpRegistry.Core.Registration.Wire;

/// <summary>Durations: read as seconds, <c>"30s"</c>, <c>"500ms"</c>, <c>"2m"</c>, <c>"1h"</c> or <c>"00:00:30"</c>; written as seconds.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    // Longest suffix first: "500ms" also ends with "s".
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        TimeSpan? duration = reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetDecimal(out var seconds) => Of(seconds, TimeSpan.TicksPerSecond),
            JsonTokenType.String => Parse(reader.GetString()!),
            _ => null,
        };
        return duration ?? throw new JsonException("Not a duration.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((decimal)value.Ticks / TimeSpan.TicksPerSecond);

    private static TimeSpan? Parse(string text)
    {
        foreach (var (suffix, ticks) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            return ParseNumber(text.AsSpan(0, text.Length - suffix.Length), ticks);
        }
        // A bare number in quotes is seconds, as without quotes; TimeSpan would read "30" as thirty days.
        return text.Contains(':', StringComparison.Ordinal)
            ? TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null
            : ParseNumber(text, TimeSpan.TicksPerSecond);
    }

    private static TimeSpan? ParseNumber(ReadOnlySpan<char> number, long ticksPerUnit) =>
        decimal.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)
            ? Of(amount, ticksPerUnit)
            : null;

    private static TimeSpan? Of(decimal amount, long ticksPerUnit) =>
        Math.Abs(amount) <= TimeSpan.MaxValue.Ticks / ticksPerUnit ? new TimeSpan((long)(amount * ticksPerUnit)) : null;
}
