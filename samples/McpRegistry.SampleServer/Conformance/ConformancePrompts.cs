using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

[McpServerPromptType]
internal sealed class ConformancePrompts
{
    [McpServerPrompt(Name = "test_simple_prompt"), Description("Has no arguments.")]
    public static string Simple() => "This is a simple prompt for testing.";

    [McpServerPrompt(Name = "test_prompt_with_arguments"), Description("Has two arguments.")]
    public static string WithArguments(string arg1, string arg2) => $"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'";

    [McpServerPrompt(Name = "test_prompt_with_embedded_resource"), Description("Embeds a resource.")]
    public static PromptMessage[] WithEmbeddedResource(string resourceUri) =>
    [
        FromUser(new EmbeddedResourceBlock
        {
            Resource = new TextResourceContents { Uri = resourceUri, MimeType = "text/plain", Text = "Embedded resource content for testing." },
        }),
        FromUser(new TextContentBlock { Text = "Please process the embedded resource above." }),
    ];

    [McpServerPrompt(Name = "test_prompt_with_image"), Description("Shows an image.")]
    public static PromptMessage[] WithImage() =>
    [
        FromUser(ImageContentBlock.FromBytes(Samples.Png, Samples.PngType)),
        FromUser(new TextContentBlock { Text = "Please analyze the image above." }),
    ];

    [McpServerPrompt(Name = "test_input_required_result_prompt"), Description("Asks the user for a context first.")]
    public static PromptMessage[] InputRequired(RequestContext<GetPromptRequestParams> request)
    {
        if (request.Params.InputResponses is not { } responses || !responses.TryGetValue("user_context", out var response))
            throw new InputRequiredException(InputRequiredTools.Question("user_context", Asks.ForText("In which context?", "context")));

        var answer = response.Deserialize(InputResponse.ElicitResultJsonTypeInfo);
        return [FromUser(new TextContentBlock { Text = $"Context: {(answer is null ? null : InputRequiredTools.TextOf(answer, "context"))}" })];
    }

    private static PromptMessage FromUser(ContentBlock content) => new() { Role = Role.User, Content = content };
}
