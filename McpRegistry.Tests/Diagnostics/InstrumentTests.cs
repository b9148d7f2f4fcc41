using System.Diagnostics.Metrics;
using System.Reflection;

using McpRegistry.Core.Diagnostics;
using McpRegistry.Core.State;
using McpRegistry.Tests.Architecture;

namespace McpRegistry.Tests.Diagnostics;

/// <summary>Whoever looks at a metric sees what it is, in which unit, and finds it in the documentation.</summary>
public sealed class InstrumentTests
{
    private static readonly Assembly[] Ours =
    [
        typeof(RegistryState).Assembly, .. ((string[])["Api", "Mcp", "ServiceDefaults", "StdioBridge", "HealthWorker"]).Select(name => Assembly.Load($"McpRegistry.{name}")),
    ];

    [Fact]
    public void Every_instrument_has_a_name_by_convention_a_unit_and_a_sentence_and_stands_in_the_documentation()
    {
        var page = Repository.Read("docs/configuration.md");
        var instruments = Instruments();

        Assert.NotEmpty(instruments);
        foreach (var one in instruments)
        {
            Assert.Same(RegistryTelemetry.Meter, one.Meter);
            Assert.Matches(@"^mcpregistry(\.[a-z]+)+$", one.Name);
            Assert.Matches(@"^(s|By|1|\{[a-z]+\})$", one.Unit);
            Assert.Matches(@"^[A-Z].*\.$", one.Description);
            Assert.Contains($"| `{one.Name}` | {one.Unit} |", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_instrument_is_made_but_those()
    {
        var known = Instruments().ToHashSet();
        var published = new List<Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (one, _) => published.Add(one) };
        listener.Start();

        Assert.Equal([], published.Where(one => one.Meter == RegistryTelemetry.Meter && !known.Contains(one)).Select(one => one.Name));
        Assert.Equal([], published.Where(one => one.Meter != RegistryTelemetry.Meter && one.Meter.Name.StartsWith(RegistryTelemetry.Name, StringComparison.Ordinal)).Select(one => one.Meter.Name));
    }

    private static List<Instrument> Instruments() =>
    [
        .. Ours.SelectMany(one => one.GetTypes()).Where(one => !one.ContainsGenericParameters)
            .SelectMany(one => one.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(one => one.FieldType.IsAssignableTo(typeof(Instrument))).Select(one => (Instrument)one.GetValue(null)!),
    ];
}
