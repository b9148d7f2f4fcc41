using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.Channels;

/// <summary>Takes batches apart: arrays of messages, which only revision 2025-03-26 has and some servers write whatever was agreed.</summary>
internal static class MessageBatch
{
    private static readonly JsonReaderOptions Lenient = new() { MaxDepth = int.MaxValue };

    /// <summary>True for <c>[{…</c>. A line of a log that begins with a bracket is none.</summary>
    public static bool IsOne(ReadOnlySpan<byte> message)
    {
        var rest = message.TrimStart("\uFEFF \t\r\n"u8);
        return rest is [(byte)'[', ..] && rest[1..].TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
    }

    /// <summary>Where its messages stand. Of one that is damaged there is all from the beginning of the damaged message on.</summary>
    public static List<ByteRange> Split(ReadOnlySpan<byte> batch)
    {
        var found = new List<ByteRange>();
        var first = batch.IndexOf((byte)'[');
        var begun = -1;
        try
        {
            var reader = new Utf8JsonReader(batch[first..], isFinalBlock: false, new JsonReaderState(Lenient));
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                begun = first + (int)reader.TokenStartIndex;
                if (!reader.TrySkip()) break;
                found.Add(new ByteRange(begun, first + (int)reader.BytesConsumed - begun));
                begun = -1;
            }
        }
        catch (JsonException)
        {
            // What stood before the fault is whole.
        }

        if (begun >= 0) found.Add(new ByteRange(begun, batch.Length - begun));
        return found;
    }
}
