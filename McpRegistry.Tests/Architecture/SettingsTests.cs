using System.Collections;
using System.Globalization;
using System.Reflection;

using McpRegistry.Core.State;

namespace McpRegistry.Tests.Architecture;

/// <summary>docs/configuration.md names every setting with the default that the code has.</summary>
public sealed class SettingsTests
{
    private static readonly Assembly[] Ours =
    [
        typeof(RegistryState).Assembly, Assembly.Load("McpRegistry.Api"), Assembly.Load("McpRegistry.Mcp"), Assembly.Load("McpRegistry.ServiceDefaults"), Assembly.Load("McpRegistry.StdioBridge"),
    ];

    [Fact]
    public void Every_setting_stands_in_the_table_with_its_default()
    {
        var page = Repository.Read("docs/configuration.md");
        var rows = OptionsClasses().SelectMany(RowsOf).ToList();

        Assert.NotEmpty(rows);
        Assert.Equal([], rows.Where(row => !page.Contains(row, StringComparison.Ordinal)));
    }

    [Fact]
    public void No_row_is_left_of_a_setting_that_is_gone()
    {
        var settings = OptionsClasses().SelectMany(KeysOf).ToHashSet();
        var named = File.ReadLines(Repository.PathOf("docs", "configuration.md"))
            .Where(line => line.StartsWith("| `McpRegistry:", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

        Assert.Equal([], named.Except(settings));
    }

    private static IEnumerable<Type> OptionsClasses() =>
        Ours.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal) && SectionOf(type) is not null);

    private static string? SectionOf(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;

    private static IEnumerable<string> KeysOf(Type type) => Settings(type).Select(property => $"{SectionOf(type)}:{property.Name}");

    private static IEnumerable<string> RowsOf(Type type)
    {
        var defaults = Activator.CreateInstance(type);
        return Settings(type).Select(property => $"| `{SectionOf(type)}:{property.Name}` | {Describe(property.Name, property.GetValue(defaults))} |");
    }

    private static IEnumerable<PropertyInfo> Settings(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    private static string Describe(string name, object? value) => value switch
    {
        null or ICollection { Count: 0 } => "none",
        bool flag => flag ? "true" : "false",
        TimeSpan time => Describe(time),
        int bytes when name.EndsWith("Bytes", StringComparison.Ordinal) => bytes % (1024 * 1024) == 0 ? $"{bytes / (1024 * 1024)} MiB" : $"{bytes / 1024} KiB",
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Describe(TimeSpan time) =>
        time > TimeSpan.FromMinutes(1) && time.Seconds == 0 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes} min")
        : time < TimeSpan.FromMilliseconds(300) ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s");
}
