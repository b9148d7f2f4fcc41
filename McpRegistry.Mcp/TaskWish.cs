using System.Text.Json;
using System.Text.Json.Nodes;

using McpRegistry.Core.Json;

namespace McpRegistry.Mcp;

/// <summary>
/// Takes the wish for a task out of a request. A task that a service made could not be asked for again, because <c>tasks/*</c> is not
/// routed: the work would be done and its result lost. A receiver that offers no tasks processes the request normally (MCP 2025-11-25,
/// tasks), so the call is made as an ordinary one.
/// </summary>
internal static class TaskWish
{
    private const string Capabilities = "io.modelcontextprotocol/clientCapabilities";
    private const string Extension = "io.modelcontextprotocol/tasks";

    private static readonly string[] OfMeta = ["io.modelcontextprotocol/related-task", "io.modelcontextprotocol/task", Extension];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = JsonRpcMessage.MaxDepth };

    /// <summary>The params without it; the very same where there is none, as in nearly all requests.</summary>
    /// <exception cref="JsonException">What <c>_meta</c> says of tasks is no proper JSON object.</exception>
    public static RequestParams Without(RequestParams parameters)
    {
        // One look at the bytes: whatever is about tasks has the word in it.
        var meta = parameters.Member("_meta"u8).Span;
        var rewritten = meta.IndexOf("task"u8) < 0 ? null : WithoutTasks(meta);
        return rewritten is null && parameters.Member("task"u8).IsEmpty ? parameters : Rewrite(parameters, rewritten);
    }

    private static RequestParams Rewrite(RequestParams parameters, byte[]? meta)
    {
        var (members, memory) = parameters.Raw;
        var buffer = memory.Span;
        using var output = new PooledBytes(512);
        output.Write("{"u8);
        var isFirst = true;
        for (var i = 0; i < members.Count; i++)
        {
            if (members.IsNamed(i, buffer, "task"u8)) continue;
            output.Write(isFirst ? "\""u8 : ",\""u8);
            isFirst = false;
            output.Write(members[i].Name.Of(buffer));
            output.Write("\":"u8);
            output.Write(meta is not null && members.IsNamed(i, buffer, "_meta"u8) ? meta : members[i].Value.Of(buffer));
        }
        output.Write("}"u8);
        return RequestParams.Parse(output.Span.ToArray());
    }

    // Null: the word stands for something else.
    private static byte[]? WithoutTasks(ReadOnlySpan<byte> meta)
    {
        try
        {
            var keys = JsonNode.Parse(meta, null, Strict)!.AsObject();
            var hasLess = false;
            foreach (var key in OfMeta) hasLess |= keys.Remove(key);
            if (keys[Capabilities] is JsonObject capabilities)
            {
                hasLess |= capabilities.Remove("tasks");
                if (capabilities["extensions"] is JsonObject extensions) hasLess |= extensions.Remove(Extension);
            }
            return hasLess ? JsonSerializer.SerializeToUtf8Bytes((JsonNode)keys) : null;
        }
        catch (InvalidOperationException) { throw new JsonException("A name in _meta escapes half a character."); }
    }
}
