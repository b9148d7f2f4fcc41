using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>How long the acceptance tests may take, and where their figures go.</summary>
internal static class AcceptanceRun
{
    /// <summary>The name of the collection: these tests measure, so nothing runs beside them.</summary>
    public const string Collection = "Acceptance";

    /// <summary>
    /// The name of another: these tests wait for leases to end and measure nothing finer than seconds. They run one after the
    /// other, beside the fast tests and those of <see cref="Processes"/>.
    /// </summary>
    public const string Leases = "Leases";

    /// <summary>And another: these wait for processes to start and end.</summary>
    public const string Processes = "Processes";

    /// <summary>True with <c>MCPREGISTRY_ACCEPTANCE=full</c>: the durations and rounds that the claims are made with.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("MCPREGISTRY_ACCEPTANCE") == "full";

    /// <summary>In CI nothing is skipped: what is missing there is a failure.</summary>
    public static bool IsCi { get; } = Environment.GetEnvironmentVariable("CI") == "true";

    public static T Choose<T>(T shortForm, T fullForm) => IsFull ? fullForm : shortForm;

    /// <summary>Keeps a figure beside the verdict, for the note that claims it: <c>artifacts/acceptance/figures.txt</c>.</summary>
    public static void Report(string figure)
    {
        var file = Repository.PathOf("artifacts", "acceptance", "figures.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.AppendAllText(file, figure + Environment.NewLine);
    }
}

[CollectionDefinition(AcceptanceRun.Collection, DisableParallelization = true)]
public sealed class AcceptanceCollection;

[CollectionDefinition(AcceptanceRun.Leases)]
public sealed class LeasesCollection;

[CollectionDefinition(AcceptanceRun.Processes)]
public sealed class ProcessesCollection;
