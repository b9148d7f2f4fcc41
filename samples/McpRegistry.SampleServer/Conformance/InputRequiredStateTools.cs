using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

/// <summary>Tools that give the client a state to carry to the next round.</summary>
[McpServerToolType]
internal sealed class InputRequiredStateTools
{
    private const string PlainState = "state-of-round-one";
    private const string SecondRound = "second-round";
    private const string ThirdRound = "third-round";

    private static readonly byte[] SigningKey = RandomNumberGenerator.GetBytes(32);

    [McpServerTool(Name = "test_input_required_result_request_state"), Description("Wants its state back unchanged.")]
    public static string RequestState(RequestContext<CallToolRequestParams> request) => request.Params.RequestState switch
    {
        null => throw new InputRequiredException(InputRequiredTools.Question("confirm", Asks.ForConfirmation()), PlainState),
        PlainState => "state-ok",
        _ => "state-mismatch",
    };

    [McpServerTool(Name = "test_input_required_result_multiple_inputs"), Description("Asks three questions at once.")]
    public static string MultipleInputs(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params.InputResponses is { Count: >= 3 })
            return "all three answers received";

        var questions = new Dictionary<string, InputRequest>
        {
            ["user_name"] = Asks.ForText("What is your name?", "name"),
            ["greeting"] = Asks.ForModel("Generate a greeting"),
            ["client_roots"] = Asks.ForRoots(),
        };
        throw new InputRequiredException(questions, PlainState);
    }

    [McpServerTool(Name = "test_input_required_result_multi_round"), Description("Asks twice, with a new state each time.")]
    public static string MultiRound(RequestContext<CallToolRequestParams> request) => request.Params.RequestState switch
    {
        null => throw new InputRequiredException(
            InputRequiredTools.Question("step1", Asks.ForText("Step 1: What is your name?", "name")), SecondRound),
        SecondRound => throw new InputRequiredException(
            InputRequiredTools.Question("step2", Asks.ForText("Step 2: What is your favourite colour?", "color")), ThirdRound),
        _ => "both rounds done",
    };

    [McpServerTool(Name = "test_input_required_result_tampered_state"), Description("Refuses a state that it did not sign.")]
    public static string TamperedState(RequestContext<CallToolRequestParams> request) => request.Params.RequestState switch
    {
        null => throw new InputRequiredException(
            InputRequiredTools.Question("confirm", Asks.ForConfirmation()), Sign(Guid.NewGuid().ToString("N"))),
        var state when IsOurs(state) => "state-ok",
        _ => throw new McpProtocolException("The requestState is not one of ours.", McpErrorCode.InvalidParams),
    };

    private static bool IsOurs(string state) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(state.Split('.')[0])), Encoding.UTF8.GetBytes(state));

    private static string Sign(string text) =>
        $"{text}.{Convert.ToHexString(HMACSHA256.HashData(SigningKey, Encoding.UTF8.GetBytes(text)))}";
}
