using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>The schema of a tool's arguments while it is put together.</summary>
internal sealed class ArgumentSchema
{
    private readonly JsonObject _properties = [];
    private readonly JsonArray _required = [];
    private readonly UniqueNames _names = new(ToolNames.MaxArgumentLength);

    /// <summary>What the schema says of arguments that it does not name. Null: nothing.</summary>
    public JsonNode? Others { get; set; }

    /// <summary>The schema of all arguments together, where they are one thing that the document describes. Null: they are put together here.</summary>
    public JsonObject? Whole { get; set; }

    /// <summary>True when no argument has a name of these.</summary>
    public bool AreFree(JsonObject names) => _properties.All(own => !names.ContainsKey(own.Key));

    /// <summary>Adds an argument under a name that models take; the same name a second time gets a number.</summary>
    /// <returns>Its name.</returns>
    public string Add(string name, JsonObject schema, bool isRequired)
    {
        var taken = _names.Take(ToolNames.Clean(name, ToolNames.MaxArgumentLength));
        _properties[taken] = schema;
        if (isRequired) _required.Add(taken);
        return taken;
    }

    /// <summary>The schema, without what it refers to.</summary>
    public JsonObject ToJson()
    {
        var root = Whole ?? new JsonObject { ["type"] = "object", ["properties"] = _properties };
        root["type"] = "object";
        if (_required.Count > 0) root["required"] = _required;
        if (Others is not null) root["additionalProperties"] = Others;
        return root;
    }
}
