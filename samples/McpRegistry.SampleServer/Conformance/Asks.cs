using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpRegistry.SampleServer.Conformance;

/// <summary>Questions to a client, written as they go over the wire.</summary>
internal static class Asks
{
    public static ElicitRequestParams Elicitation(string message, string schema) => new()
    {
        Message = message,
        RequestedSchema = JsonSerializer.Deserialize<ElicitRequestParams.RequestSchema>(schema, McpJsonUtilities.DefaultOptions)!,
    };

    public static CreateMessageRequestParams Sampling(string prompt) => new()
    {
        Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = prompt }] }],
        MaxTokens = 100,
    };

    public static InputRequest ForText(string message, string field) => InputRequest.ForElicitation(Elicitation(
        message, $$"""{ "type": "object", "properties": { "{{field}}": { "type": "string" } }, "required": ["{{field}}"] }"""));

    public static InputRequest ForConfirmation() => InputRequest.ForElicitation(Elicitation(
        "Please confirm", """{ "type": "object", "properties": { "ok": { "type": "boolean" } }, "required": ["ok"] }"""));

    public static InputRequest ForModel(string prompt) => InputRequest.ForSampling(Sampling(prompt));

    public static InputRequest ForRoots() => InputRequest.ForRootsList(new ListRootsRequestParams());
}
