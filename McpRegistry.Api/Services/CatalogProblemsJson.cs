using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Catalog;

namespace McpRegistry.Api.Services;

/// <summary>Writes what of a service's lists could not be taken as it was.</summary>
internal static class CatalogProblemsJson
{
    // For people; the number says how many there are.
    private const int MostShown = 100;

    /// <summary>Writes the member <c>catalog_problems</c>, a comma before it: first what is missing, then what was mended.</summary>
    public static void Write(IBufferWriter<byte> output, ImmutableArray<CatalogProblem> problems)
    {
        output.Write(",\"catalog_problems\":"u8);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartArray();
        foreach (var problem in problems.OrderBy(one => one.IsMended).Take(MostShown))
        {
            writer.WriteStartObject();
            writer.WriteString("list"u8, WireNameOf(problem.List));
            writer.WriteString("item"u8, problem.Item);
            writer.WriteString("reason"u8, problem.Reason);
            writer.WriteBoolean("mended"u8, problem.IsMended);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string WireNameOf(CatalogKind list) => list switch
    {
        CatalogKind.Tool => "tools",
        CatalogKind.Prompt => "prompts",
        CatalogKind.Resource => "resources",
        _ => "resource_templates",
    };
}
