using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpRegistry.AppHost.Tests.Manifests;

/// <summary>What azd reads, made as azd has it made, with its paths as they are seen from the root of the repository.</summary>
internal static class Manifest
{
    private static readonly string[] Paths = ["path", "context", "dockerfile"];

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>The resources of the model, and of what is added to it, by name.</summary>
    public static async Task<JsonObject> WriteAsync(Action<IDistributedApplicationBuilder>? add = null)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("manifest-").FullName, "manifest.json");
        await using var model = await DistributedApplicationTestingBuilder.CreateAsync<Projects.McpRegistry_AppHost>(["--publisher", "manifest", "--output-path", file]);
        add?.Invoke(model);
        await using var app = await model.BuildAsync();
        await app.RunAsync();
        return Read(file);
    }

    /// <summary>The resources of a manifest.</summary>
    public static JsonObject Read(string file)
    {
        var resources = JsonNode.Parse(File.ReadAllText(file))!["resources"]!.AsObject();
        Normalise(resources, Path.GetDirectoryName(file)!);
        // Which was added first says nothing.
        return new JsonObject(resources.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone())));
    }

    public static string ToText(JsonObject resources) => resources.ToJsonString(Readable) + "\n";

    // Where the file is written differs from run to run, and its paths with it.
    private static void Normalise(JsonNode? node, string folder)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array) Normalise(item, folder);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                if (Paths.Contains(name) && value is JsonValue text) members[name] = Path.GetRelativePath(Repository.Root, Path.GetFullPath(text.GetValue<string>(), folder)).Replace('\\', '/');
                else Normalise(value, folder);
            }
        }
    }
}
