using System.Collections.Immutable;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>What to start: a program with its arguments, directory and whole environment. There is no shell in between.</summary>
/// <param name="Program">The program's file.</param>
/// <param name="Arguments">Its arguments, one by one.</param>
/// <param name="Directory">Its working directory.</param>
/// <param name="Environment">Everything it sees of the environment.</param>
internal sealed record LaunchCommand(string Program, ImmutableArray<string> Arguments, string Directory, ImmutableDictionary<string, string> Environment);
