namespace McpRegistry.Core.Registration;

/// <summary>What the operator has yet to approve of a registration. Never stored, never sent: it is this process's own judgement.</summary>
/// <param name="Reason">What and how; for people.</param>
/// <param name="IsStarted">True: what runs was approved, and something newer waits. False: nothing of it is started.</param>
internal sealed record RegistrationHold(string Reason, bool IsStarted);
