using System.Text.Json;
using System.Text.Json.Nodes;

using McpRegistry.Tests.Samples;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>Writes an <c>mcp-servers.json</c> as a person would.</summary>
internal sealed class ServersFile
{
    private readonly JsonObject _servers = [];

    /// <summary>An HTTP service with one or more instances, its annotations believed.</summary>
    public ServersFile Http(string name, params Uri[] instances)
    {
        var entry = new JsonObject { ["url"] = instances[0].AbsoluteUri, ["trusted"] = true };
        if (instances.Length > 1) entry["instances"] = new JsonArray([.. instances.Select(one => (JsonNode)one.AbsoluteUri)]);
        return Add(name, entry);
    }

    public ServersFile Stdio(string name, string command, params string[] arguments) =>
        Add(name, new JsonObject { ["command"] = command, ["args"] = new JsonArray([.. arguments.Select(one => (JsonNode)one)]), ["trusted"] = true });

    /// <summary>A SampleServer as child process.</summary>
    public ServersFile Sample(string name, params string[] flags) => Stdio(name, SampleServerProcess.Command, SampleServerProcess.StdioArguments(["--name", name, .. flags]));

    /// <summary>An MCP server from npm, as its own instructions say: <c>npx -y PACKAGE</c>; the folder has the pinned version.</summary>
    public ServersFile Npx(string name, string package, params string[] arguments)
    {
        Stdio(name, "npx", ["-y", package, .. arguments]);
        _servers[name]!["cwd"] = Npm.Folder;
        return this;
    }

    /// <summary>Sets further keys of the entry added last under <paramref name="name"/>.</summary>
    public ServersFile With(string name, string key, JsonNode value)
    {
        _servers[name]![key] = value;
        return this;
    }

    public void WriteTo(string path) => File.WriteAllText(path, new JsonObject { ["mcpServers"] = _servers.DeepClone() }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));

    private ServersFile Add(string name, JsonObject entry)
    {
        _servers.Add(name, entry);
        return this;
    }
}
