using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

/// <summary>Tools that need one round of input (multi round-trip requests of 2026-07-28).</summary>
[McpServerToolType]
internal sealed class InputRequiredTools
{
    [McpServerTool(Name = "test_input_required_result_elicitation"), Description("Asks the user for a name.")]
    public static string Elicitation(RequestContext<CallToolRequestParams> request) =>
        Answer(request, "user_name")?.Deserialize(InputResponse.ElicitResultJsonTypeInfo) is { } answer && TextOf(answer, "name") is { } name
            ? $"Hello, {name}!"
            : throw new InputRequiredException(Question("user_name", Asks.ForText("What is your name?", "name")));

    [McpServerTool(Name = "test_input_required_result_sampling"), Description("Asks the client's model for a capital.")]
    public static string Sampling(RequestContext<CallToolRequestParams> request) =>
        Answer(request, "capital_question")?.Deserialize(InputResponse.CreateMessageResultJsonTypeInfo) is { } answer
            ? $"Sampling said: {answer.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text}"
            : throw new InputRequiredException(Question("capital_question", Asks.ForModel("What is the capital of France?")));

    [McpServerTool(Name = "test_input_required_result_list_roots"), Description("Asks the client for its roots.")]
    public static string ListRoots(RequestContext<CallToolRequestParams> request) =>
        Answer(request, "client_roots")?.Deserialize(InputResponse.ListRootsResultJsonTypeInfo) is { } answer
            ? $"The client has {answer.Roots.Count} root(s)."
            : throw new InputRequiredException(Question("client_roots", Asks.ForRoots()));

    [McpServerTool(Name = "test_input_required_result_capabilities"), Description("Asks only for what the client declared.")]
    public static string Capabilities(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params.InputResponses is { Count: > 0 })
            return "the client answered";

        var declared = ModernTools.Declared(request);
        var questions = new Dictionary<string, InputRequest>();
        if (declared?.Sampling is not null)
            questions["capital_question"] = Asks.ForModel("What is the capital of France?");
        if (declared?.Elicitation is not null)
            questions["user_name"] = Asks.ForText("What is your name?", "name");
        if (declared?.Roots is not null)
            questions["client_roots"] = Asks.ForRoots();
        return questions.Count == 0 ? "nothing to ask" : throw new InputRequiredException(questions);
    }

    public static Dictionary<string, InputRequest> Question(string key, InputRequest request) => new() { [key] = request };

    public static string? TextOf(ElicitResult answer, string field) =>
        answer.Content is { } content && content.TryGetValue(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static InputResponse? Answer(RequestContext<CallToolRequestParams> request, string key) =>
        request.Params.InputResponses?.TryGetValue(key, out var response) is true ? response : null;
}
