using System.Text.Json;

using McpRegistry.Api.Problems;
using McpRegistry.Core.Buffers;
using McpRegistry.Core.Calls;

namespace McpRegistry.Api.Hosting;

/// <summary>A request body that is an object with a few known members.</summary>
internal sealed class SmallJsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private readonly JsonElement _root;

    private SmallJsonBody(JsonElement root) => _root = root;

    /// <summary>Reads it, or says what is wrong.</summary>
    /// <param name="context">The request.</param>
    /// <param name="members">The members it may have.</param>
    public static async Task<(SmallJsonBody? Body, Problem? Problem)> ReadAsync(HttpContext context, params string[] members)
    {
        if (!RequestBody.IsJson(context.Request)) return (null, RegistryProblems.NotJson);
        using var bytes = await RequestBody.ReadAsync(context.Request, context.RequestServices.GetService<ByteBudget>(), context.RequestAborted);
        try
        {
            using var document = JsonDocument.Parse(bytes.Memory, Strict);
            var root = document.RootElement.Clone();
            if (root.ValueKind != JsonValueKind.Object) return (null, new Problem(ErrorCode.InvalidArguments) { Detail = "The body must be a JSON object." });
            foreach (var member in root.EnumerateObject())
                if (!members.Contains(member.Name)) return (null, Problem.Invalid(members[0], $"The object may have {string.Join(", ", members)}, nothing else."));
            return (new SmallJsonBody(root), null);
        }
        catch (JsonException)
        {
            return (null, new Problem(ErrorCode.InvalidArguments) { Detail = "The body is not well-formed JSON." });
        }
    }

    public bool TryGetText(string member, out string text)
    {
        text = "";
        if (!_root.TryGetProperty(member, out var value) || value.ValueKind != JsonValueKind.String) return false;
        text = value.GetString()!;
        return true;
    }

    /// <summary>Reads a flag; false when there is something else in its place. Missing: it stays as it is.</summary>
    public bool TryGetFlag(string member, ref bool flag)
    {
        if (!_root.TryGetProperty(member, out var value)) return true;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return false;
        flag = value.GetBoolean();
        return true;
    }
}
