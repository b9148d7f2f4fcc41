namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>An argument cannot be sent to where it belongs. The message is for the caller and holds nothing but names.</summary>
internal sealed class ArgumentRefusedException(string message) : Exception(message)
{
    public static ArgumentRefusedException NoText(string argument) => new($"The argument \"{argument}\" is not Unicode text.");
}
