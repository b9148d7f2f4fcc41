using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpRegistry.Core.Catalog;

/// <summary>
/// Takes <c>execution.taskSupport</c> out of the definition of a tool: tasks are not routed, and a client that read it would ask for one.
/// Without it a tool is called as any other (MCP 2025-11-25, tasks).
/// </summary>
internal static class TaskSupport
{
    private const string Execution = "execution";
    private const string Support = "taskSupport";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The definition without it, the very same where it says nothing of tasks.</summary>
    public static JsonElement Without(JsonElement tool)
    {
        if (!tool.TryGetProperty(Execution, out var execution) || execution.ValueKind != JsonValueKind.Object || !execution.TryGetProperty(Support, out _)) return tool;
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        foreach (var member in tool.EnumerateObject())
        {
            if (!member.NameEquals(Execution)) Copy(writer, member);
            else if (execution.EnumerateObject().Any(one => !one.NameEquals(Support))) WriteExecution(writer, execution);
        }
        writer.WriteEndObject();
        writer.Flush();
        return JsonElement.Parse(output.WrittenSpan, new JsonDocumentOptions { MaxDepth = 4096 });
    }

    private static void WriteExecution(Utf8JsonWriter writer, JsonElement execution)
    {
        writer.WriteStartObject(Execution);
        foreach (var member in execution.EnumerateObject())
            if (!member.NameEquals(Support)) Copy(writer, member);
        writer.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter writer, JsonProperty member)
    {
        writer.WritePropertyName(member.Name);
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
    }
}
