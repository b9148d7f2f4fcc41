using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Mcp.Questions;

/// <summary>
/// Names the service that asks where a server puts a question to the client's user, and all services stand behind one address: "enter
/// your password" would seem to come from the registry otherwise. All else stays as the server wrote it.
/// <code>
///   {"resultType":"input_required","inputRequests":{"a":{"method":"elicitation/create","params":{"message":"[bank] Which account?"}}}}
/// </code>
/// </summary>
internal static class AskingService
{
    /// <summary>The key of <c>_meta</c> that says which service asks.</summary>
    public const string MetaKey = "mcpregistry/service";

    /// <summary>The error by which servers of 2025-11-25 send a user to a page before a call.</summary>
    public const int UrlElicitationRequired = -32042;

    private const string Any = "*";

    private static readonly string[] InResult = ["inputRequests", Any, "params", "message"];
    private static readonly string[] InError = ["data", "elicitations", Any, "message"];
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = int.MaxValue };
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = int.MaxValue };

    /// <summary>A result that asks for input, with the service named in each question and in <c>_meta</c>.</summary>
    public static ReadOnlyMemory<byte> NameInResult(ReadOnlyMemory<byte> result, string service) => Rewrite(result, InResult, service);

    /// <summary>The same of an error that sends the user to a page; the error as it is where it asks for nothing.</summary>
    public static ReadOnlyMemory<byte> NameInError(ReadOnlyMemory<byte> error, string service)
    {
        using var document = JsonDocument.Parse(JsonUnicode.Sound(error), Deep);
        return document.RootElement.TryGetProperty("data"u8, out var data) && JsonText.TryGetMember(data, "elicitations"u8, out _) ? Rewrite(error, InError, service) : error;
    }

    private static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> json, string[] path, string service)
    {
        using var document = JsonDocument.Parse(JsonUnicode.Sound(json), Deep);
        var output = new ArrayBufferWriter<byte>(json.Length + 256);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        // The root of an error is no place for it: its members are those of JSON-RPC.
        Write(document.RootElement, path, service, isMarked: path == InResult, writer);
        writer.Flush();
        return output.WrittenMemory;
    }

    // Whatever is on the way, also a member that stands twice: readers differ in which of the two they take.
    private static void Write(JsonElement value, ReadOnlySpan<string> path, string service, bool isMarked, Utf8JsonWriter writer)
    {
        if (path.IsEmpty) WriteMessage(value, service, writer);
        else if (value.ValueKind == JsonValueKind.Object) WriteObject(value, path, service, isMarked || path.Length == 1, writer);
        else if (value.ValueKind == JsonValueKind.Array && path[0] == Any)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray()) Write(item, path[1..], service, isMarked: false, writer);
            writer.WriteEndArray();
        }
        else WriteAsIs(value, writer);
    }

    private static void WriteObject(JsonElement value, ReadOnlySpan<string> path, string service, bool isMarked, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (isMarked) WriteMeta(value, service, writer);
        foreach (var member in value.EnumerateObject())
        {
            if (isMarked && member.NameEquals("_meta")) continue;
            writer.WritePropertyName(member.Name);
            if (path[0] == Any || member.NameEquals(path[0])) Write(member.Value, path[1..], service, isMarked: false, writer);
            else WriteAsIs(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    // What a server says there of itself under our key is not shown.
    private static void WriteMeta(JsonElement owner, string service, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("_meta"u8);
        writer.WriteString(MetaKey, service);
        if (owner.TryGetProperty("_meta"u8, out var given) && given.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in given.EnumerateObject())
            {
                if (member.NameEquals(MetaKey)) continue;
                writer.WritePropertyName(member.Name);
                WriteAsIs(member.Value, writer);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteMessage(JsonElement value, string service, Utf8JsonWriter writer)
    {
        if (value.ValueKind == JsonValueKind.String) writer.WriteStringValue($"[{service}] {value.GetString()}");
        else WriteAsIs(value, writer);
    }

    private static void WriteAsIs(JsonElement value, Utf8JsonWriter writer) => writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
}
