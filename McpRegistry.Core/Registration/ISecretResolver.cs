namespace McpRegistry.Core.Registration;

/// <summary>Turns references to secrets into their values, at the moment of use; nothing resolved is kept, stored or logged.</summary>
public interface ISecretResolver
{
    /// <summary>
    /// Resolves <c>env:NAME</c> and <c>file:/path</c> when they are the whole value, and <c>${NAME}</c>, <c>${NAME:-default}</c>
    /// and <c>${env:NAME}</c> anywhere in it (as Claude, Cursor and VS Code write them). Anything else is the value itself.
    /// </summary>
    /// <exception cref="SecretNotFoundException">The variable or file is not there. The message names it, never a value.</exception>
    string Resolve(string value);
}

/// <summary>A reference to a secret leads nowhere. The message names the reference and may be shown to an operator.</summary>
public sealed class SecretNotFoundException(string message) : Exception(message);
