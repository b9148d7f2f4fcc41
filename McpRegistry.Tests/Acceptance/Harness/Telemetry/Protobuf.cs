using System.Buffers.Binary;
using System.Text;

namespace McpRegistry.Tests.Acceptance.Harness.Telemetry;

/// <summary>As much of protobuf as it takes to look into an export.</summary>
internal static class Protobuf
{
    /// <summary>The <c>service.name</c> of a resource with what it exports.</summary>
    public static string ServiceOf(ReadOnlyMemory<byte> resource) =>
        Parts(resource, 1).SelectMany(one => Attributes(one, 1)).FirstOrDefault(one => one.Key == "service.name").Value ?? "";

    /// <summary>Attributes, as texts.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Attributes(ReadOnlyMemory<byte> message, int field) =>
        from pair in Parts(message, field)
        let value = Parts(pair, 2).SelectMany(Fields).FirstOrDefault()
        select KeyValuePair.Create(Encoding.UTF8.GetString(Parts(pair, 1).First().Span), value.Number == 1 ? Encoding.UTF8.GetString(value.Bytes.Span) : $"{value.Value}");

    /// <summary>The messages, texts and bytes of a field.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> message, int field) => Fields(message).Where(one => one.Number == field).Select(one => one.Bytes);

    /// <summary>All fields.</summary>
    public static IEnumerable<Field> Fields(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var (number, type) = ((int)(tag >> 3), (int)(tag & 7));
            switch (type)
            {
                case 0:
                    yield return new Field(number, Varint(message.Span, ref at), default);
                    break;
                case 1:
                    yield return new Field(number, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default);
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message.Span, ref at);
                    yield return new Field(number, 0, message.Slice(at, length));
                    at += length;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var one = bytes[at++];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80) return value;
        }
    }

    /// <summary>One field of a message.</summary>
    /// <param name="Number">Which.</param>
    /// <param name="Value">A number; 0 for what has a length.</param>
    /// <param name="Bytes">What has a length.</param>
    public readonly record struct Field(int Number, ulong Value, ReadOnlyMemory<byte> Bytes);
}
