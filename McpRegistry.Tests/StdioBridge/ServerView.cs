using System.Text.Json;
using System.Text.Json.Nodes;

using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpRegistry.Tests.StdioBridge;

/// <summary>Everything a client can see of a server: what it lists, and what it answers when each of these is used.</summary>
internal static class ServerView
{
    // What an answer has more of in the new era: of what kind it is, how long it may be kept, who gave it.
    private static readonly string[] ModernMembers = ["resultType", "ttlMs", "cacheScope"];
    private const string ModernMeta = "io.modelcontextprotocol/serverInfo";

    /// <summary>What was seen, by what was asked, as JSON.</summary>
    public static async Task<SortedDictionary<string, string>> OfAsync(McpClient client, ServerUnderTest server)
    {
        var seen = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["instructions"] = client.ServerInstructions ?? "" };
        // All lists before the first call: some calls change them, and the bridge tells a change a moment later.
        foreach (var tool in await client.ListToolsAsync()) seen[$"tool {tool.Name}"] = Json(tool.ProtocolTool);
        foreach (var prompt in server.HasPrompts ? await client.ListPromptsAsync() : []) seen[$"prompt {prompt.Name}"] = Json(prompt.ProtocolPrompt);
        var resources = server.HasResources ? await client.ListResourcesAsync() : [];
        foreach (var resource in resources) seen[$"resource {resource.Uri}"] = Json(resource.ProtocolResource);
        foreach (var template in server.HasResources ? await client.ListResourceTemplatesAsync() : []) seen[$"template {template.UriTemplate}"] = Json(template.ProtocolResourceTemplate);

        foreach (var (name, calls) in server.Calls)
            foreach (var arguments in calls) await NoteAsync($"call {name} {Json(arguments)}", name, () => CallAsync(name, arguments));
        foreach (var (name, arguments) in server.Prompts) await NoteAsync($"get {name}", name, () => client.GetPromptAsync(name, arguments!).AsTask());
        foreach (var (prompt, argument) in server.Completions)
            await NoteAsync($"complete {prompt}", prompt, () => client.CompleteAsync(new PromptReference { Name = prompt }, argument, "").AsTask());
        foreach (var uri in resources.Select(one => one.Uri).Concat(server.TemplateUris)) await NoteAsync($"read {uri}", uri, () => client.ReadResourceAsync(uri).AsTask());
        return seen;

        // As it came: the SDK's own types (2.4.0) cannot read every content that the server sends.
        async Task<JsonNode?> CallAsync(string name, object? arguments) => (await client.SendRequestAsync(new JsonRpcRequest
        {
            Method = RequestMethods.ToolsCall,
            Params = new JsonObject { ["name"] = name, ["arguments"] = JsonSerializer.SerializeToNode(arguments, McpJsonUtilities.DefaultOptions) },
        })).Result;

        async Task NoteAsync<T>(string what, string name, Func<Task<T>> ask)
        {
            try { seen[what] = server.Settle(name, WithoutModernMembers(Json(await ask()))); }
            catch (McpProtocolException error) { seen[what] = $"error {(int)error.ErrorCode}: {error.Message}"; }
        }
    }

    private static string WithoutModernMembers(string answer)
    {
        var members = JsonNode.Parse(answer)!.AsObject();
        foreach (var member in ModernMembers) members.Remove(member);
        if (members["_meta"] is JsonObject meta && meta.Remove(ModernMeta) && meta.Count == 0) members.Remove("_meta");
        return members.ToJsonString();
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, McpJsonUtilities.DefaultOptions);
}
