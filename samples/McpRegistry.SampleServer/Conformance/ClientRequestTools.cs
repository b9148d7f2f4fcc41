using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

/// <summary>Tools that ask the client something in the middle of the call, which only a session allows.</summary>
[McpServerToolType]
internal sealed class ClientRequestTools
{
    [McpServerTool(Name = "test_sampling"), Description("Asks the client's model.")]
    public static async Task<string> Sampling(McpServer server, string prompt, CancellationToken cancellationToken)
    {
        var answer = await server.SampleAsync(Asks.Sampling(prompt), cancellationToken);
        return $"LLM response: {answer.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text}";
    }

    [McpServerTool(Name = "test_elicitation"), Description("Asks the user.")]
    public static Task<string> Elicitation(McpServer server, string message, CancellationToken cancellationToken) =>
        AskAsync(
            server,
            Asks.Elicitation(
                message,
                """
                {
                  "type": "object",
                  "properties": {
                    "username": { "type": "string", "description": "User's response" },
                    "email": { "type": "string", "description": "User's email address" }
                  },
                  "required": ["username", "email"]
                }
                """),
            cancellationToken);

    [McpServerTool(Name = "test_elicitation_sep1034_defaults"), Description("Asks the user, with a default for every primitive type.")]
    public static Task<string> Defaults(McpServer server, CancellationToken cancellationToken) =>
        AskAsync(
            server,
            Asks.Elicitation(
                "Please review the defaults",
                """
                {
                  "type": "object",
                  "properties": {
                    "name": { "type": "string", "default": "John Doe" },
                    "age": { "type": "integer", "default": 30 },
                    "score": { "type": "number", "default": 95.5 },
                    "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
                    "verified": { "type": "boolean", "default": true }
                  }
                }
                """),
            cancellationToken);

    [McpServerTool(Name = "test_elicitation_sep1330_enums"), Description("Asks the user, with every form of enumeration.")]
    public static Task<string> Enumerations(McpServer server, CancellationToken cancellationToken) =>
        AskAsync(
            server,
            Asks.Elicitation(
                "Please choose",
                """
                {
                  "type": "object",
                  "properties": {
                    "untitledSingle": { "type": "string", "enum": ["option1", "option2", "option3"] },
                    "titledSingle": {
                      "type": "string",
                      "oneOf": [
                        { "const": "value1", "title": "First Option" },
                        { "const": "value2", "title": "Second Option" },
                        { "const": "value3", "title": "Third Option" }
                      ]
                    },
                    "legacyEnum": {
                      "type": "string",
                      "enum": ["opt1", "opt2", "opt3"],
                      "enumNames": ["Option One", "Option Two", "Option Three"]
                    },
                    "untitledMulti": {
                      "type": "array",
                      "items": { "type": "string", "enum": ["option1", "option2", "option3"] }
                    },
                    "titledMulti": {
                      "type": "array",
                      "items": {
                        "anyOf": [
                          { "const": "value1", "title": "First Choice" },
                          { "const": "value2", "title": "Second Choice" },
                          { "const": "value3", "title": "Third Choice" }
                        ]
                      }
                    }
                  }
                }
                """),
            cancellationToken);

    private static async Task<string> AskAsync(McpServer server, ElicitRequestParams question, CancellationToken cancellationToken)
    {
        var answer = await server.ElicitAsync(question, cancellationToken);
        return $"Elicitation completed: action={answer.Action}, content={JsonSerializer.Serialize(answer.Content)}";
    }
}
