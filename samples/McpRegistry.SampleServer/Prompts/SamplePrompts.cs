using System.ComponentModel;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Prompts;

/// <summary>The prompts, and the completion of the one argument they have.</summary>
[McpServerPromptType]
internal sealed class SamplePrompts
{
    private static readonly string[] KnownNames = ["Ada", "Alan", "Barbara", "Grace"];

    [McpServerPrompt(Name = "greeting")]
    [Description("Greets somebody.")]
    public static ChatMessage Greeting([Description("Whom to greet.")] string name) =>
        new(ChatRole.User, $"Please greet {name} warmly.");

    [McpServerPrompt(Name = "summary")]
    [Description("Asks for a summary of the conversation.")]
    public static ChatMessage Summary() => new(ChatRole.User, "Please summarise our conversation in three sentences.");

    public static CompleteResult Complete(RequestContext<CompleteRequestParams> request)
    {
        var typed = request.Params.Argument.Value;
        string[] names = request.Params is { Ref: PromptReference { Name: "greeting" }, Argument.Name: "name" }
            ? [.. KnownNames.Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))]
            : [];
        return new CompleteResult { Completion = new Completion { Values = names, Total = names.Length, HasMore = false } };
    }
}
