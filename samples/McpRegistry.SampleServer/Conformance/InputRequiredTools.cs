using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

/// <summary>Tools that need one round of input (multi round-trip requests of 2026-07-28).</summary>
[McpServerToolType]
internal sealed class InputRequiredTools
{
    [McpServerTool(Name = "test_input_required_result_elicitation"), Description("Asks the user for a name.")]
    public static string Elicitation(RequestContext<CallToolRequestParams> request) =>
        Answer(request, "user_name", InputResponse.ElicitResultJsonTypeInfo) is { } answer && TextOf(answer, "name") is { } name
            ? $"Hello, {name}!"
            : throw new InputRequiredException(Question("user_name", Asks.ForText("What is your name?", "name")));

    [McpServerTool(Name = "test_input_required_result_sampling"), Description("Asks the client's model for a capital.")]
    public static string Sampling(RequestContext<CallToolRequestParams> request) =>
        Answer(request, "capital_question", InputResponse.CreateMessageResultJsonTypeInfo) is { } answer
            ? $"Sampling said: {answer.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text}"
            : throw new InputRequiredException(Question("capital_question", Asks.ForModel("What is the capital of France?")));

    [McpServerTool(Name = "test_input_required_result_list_roots"), Description("Asks the client for its roots.")]
    public static string ListRoots(RequestContext<CallToolRequestParams> request) =>
        Answer(request, "client_roots", InputResponse.ListRootsResultJsonTypeInfo) is { } answer
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

    // An answer that cannot be read counts as none, so that the question is put again.
    private static T? Answer<T>(RequestContext<CallToolRequestParams> request, string key, JsonTypeInfo<T> type)
        where T : class
    {
        if (request.Params.InputResponses is not { } responses || !responses.TryGetValue(key, out var response))
            return null;

        try
        {
            return response.Deserialize(type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
