using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace McpRegistry.SampleServer;

/// <summary>What the command line asked for.</summary>
internal sealed class SampleOptions
{
    public const string Help = """
        McpRegistry.SampleServer: an MCP server with fault knobs.

        Usage: McpRegistry.SampleServer (--http PORT | --stdio) [options]

          --http PORT          Streamable HTTP on 127.0.0.1:PORT/mcp; 0 takes any free port
          --stdio              MCP on stdin and stdout
          --era ERA            legacy, modern or both (default both)
          --name NAME          name of this instance in answers and ledger (default sample)
          --ledger FILE        append one JSON line per execution to FILE
          --conformance        add the fixtures of the MCP conformance suite
          --sse                HTTP: also the HTTP+SSE transport of 2024-11-05 at /sse
          --silent-discover    stdio: never answer server/discover
          --start-delay MS     wait before serving
          --exit-after MS      exit with code 3 this long after the start
          --ignore-eof         stdio: stay when stdin is closed
          --ignore-term        stay when SIGTERM arrives
          --junk N             print N lines of junk on stdout before the protocol
          --help               print this
        """;

    /// <summary>The port to listen on (0 = any free one); null = stdio.</summary>
    public int? HttpPort { get; private set; }

    public Era Era { get; private set; } = Era.Both;

    public string Name { get; private set; } = "sample";

    /// <summary>Null = no ledger is kept.</summary>
    public string? LedgerPath { get; private set; }

    public bool Conformance { get; private set; }

    public bool Sse { get; private set; }

    public bool SilentDiscover { get; private set; }

    public TimeSpan StartDelay { get; private set; }

    /// <summary>Null = lives until it is told to stop.</summary>
    public TimeSpan? ExitAfter { get; private set; }

    public bool IgnoreEof { get; private set; }

    public bool IgnoreTerm { get; private set; }

    public int JunkLines { get; private set; }

    public static bool TryParse(
        IReadOnlyList<string> args,
        [NotNullWhen(true)] out SampleOptions? options,
        [NotNullWhen(false)] out string? error)
    {
        try
        {
            options = Parse(args);
            error = null;
            return true;
        }
        catch (FormatException refused)
        {
            options = null;
            error = refused.Message;
            return false;
        }
    }

    private static SampleOptions Parse(IReadOnlyList<string> args)
    {
        var options = new SampleOptions();
        var stdio = false;
        using var rest = args.GetEnumerator();
        while (rest.MoveNext())
        {
            var flag = rest.Current;
            switch (flag)
            {
                case "--http": options.HttpPort = Number(flag, rest, max: 65535); break;
                case "--stdio": stdio = true; break;
                case "--era": options.Era = EraNamed(Value(flag, rest)); break;
                case "--name": options.Name = Value(flag, rest); break;
                case "--ledger": options.LedgerPath = Value(flag, rest); break;
                case "--conformance": options.Conformance = true; break;
                case "--sse": options.Sse = true; break;
                case "--silent-discover": options.SilentDiscover = true; break;
                case "--start-delay": options.StartDelay = Milliseconds(flag, rest); break;
                case "--exit-after": options.ExitAfter = Milliseconds(flag, rest); break;
                case "--ignore-eof": options.IgnoreEof = true; break;
                case "--ignore-term": options.IgnoreTerm = true; break;
                case "--junk": options.JunkLines = Number(flag, rest, int.MaxValue); break;
                default: throw new FormatException($"Unknown option '{flag}'.");
            }
        }

        if (stdio == options.HttpPort.HasValue)
            throw new FormatException("Exactly one of --http PORT and --stdio is needed.");
        if (options.Sse && (stdio || options.Era == Era.Modern))
            throw new FormatException("--sse needs --http and an era with sessions.");
        return options;
    }

    private static string Value(string flag, IEnumerator<string> rest) =>
        rest.MoveNext() ? rest.Current : throw new FormatException($"{flag} needs a value.");

    private static int Number(string flag, IEnumerator<string> rest, int max)
    {
        var text = Value(flag, rest);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new FormatException($"{flag} needs a whole number from 0 to {max}, not '{text}'.");
    }

    private static TimeSpan Milliseconds(string flag, IEnumerator<string> rest) =>
        TimeSpan.FromMilliseconds(Number(flag, rest, int.MaxValue));

    private static Era EraNamed(string text) => text switch
    {
        "legacy" => Era.Legacy,
        "modern" => Era.Modern,
        "both" => Era.Both,
        _ => throw new FormatException($"--era is legacy, modern or both, not '{text}'."),
    };
}
