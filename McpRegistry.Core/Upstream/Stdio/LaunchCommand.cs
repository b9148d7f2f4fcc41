using System.Collections.Immutable;

using McpRegistry.Core.Upstream.Stdio.Confinement;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>What to start: a program with its arguments, directory and whole environment. There is no shell in between.</summary>
/// <param name="Program">The program's file.</param>
/// <param name="Arguments">Its arguments, one by one.</param>
/// <param name="Directory">Its working directory.</param>
/// <param name="Environment">Everything it sees of the environment.</param>
internal sealed record LaunchCommand(string Program, ImmutableArray<string> Arguments, string Directory, ImmutableDictionary<string, string> Environment)
{
    /// <summary>What it may not gain and not use up. Null: nothing is withheld.</summary>
    public ChildLimits? Limits { get; init; }

    /// <summary>What of its arguments and environment was given to it alone, and may be secret.</summary>
    public ImmutableArray<string> Secrets { get; init; } = [];
}
