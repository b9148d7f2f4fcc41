using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

using McpRegistry.Api.Hosting;
using McpRegistry.Core;
using McpRegistry.Core.State;
using McpRegistry.Mcp;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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

    [Fact]
    public void Every_duration_has_a_range_that_holds_its_default_and_keeps_negative_and_endless_ones_out()
    {
        var durations = OptionsClasses().SelectMany(type => Settings(type).Where(property => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan))
            .Select(property => (Type: type, Property: property))).ToList();
        Assert.NotEmpty(durations);

        foreach (var (type, property) in durations)
        {
            var options = Activator.CreateInstance(type)!;
            Assert.Empty(Complaints(options, property.Name));
            // "30" is thirty days.
            foreach (var broken in (TimeSpan[])[TimeSpan.FromTicks(-1), TimeSpan.FromMilliseconds(-1), TimeSpan.FromDays(31), TimeSpan.MaxValue])
            {
                property.SetValue(options, broken);
                Assert.Equal([property.Name], Complaints(options, property.Name));
            }
        }
    }

    [Theory]
    [InlineData("McpRegistry:Upstream:MaxQueueWait", "-00:00:01", "MaxQueueWait")]
    [InlineData("McpRegistry:Stdio:CloseGrace", "30", "CloseGrace")]
    [InlineData("McpRegistry:Stdio:RestartDelay", "00:05:00", "McpRegistry:Stdio:RestartDelay")]
    [InlineData("McpRegistry:Stdio:SteadyAfter", "00:05:00", "McpRegistry:Stdio:SteadyAfter")]
    [InlineData("McpRegistry:Mcp:ChangeDelay", "-00:00:00.250", "ChangeDelay")]
    [InlineData("McpRegistry:Mcp:KeepAlive", "00:00:00", "KeepAlive")]
    [InlineData("McpRegistry:Http:ShutdownTimeout", "-00:00:01", "ShutdownTimeout")]
    [InlineData("McpRegistry:Http:DrainDelay", "-00:00:01", "DrainDelay")]
    [InlineData("McpRegistry:Http:DrainDelay", "00:00:30", "McpRegistry:Http:DrainDelay")]
    [InlineData("McpRegistry:Discovery:PollInterval", "00:00:00", "PollInterval")]
    [InlineData("McpRegistry:Storage:BusyTimeout", "00:00:00", "BusyTimeout")]
    public void A_duration_that_makes_no_sense_stops_the_start_and_names_itself(string setting, string value, string named)
    {
        var builder = WebApplication.CreateSlimBuilder([$"--{setting}={value}"]);
        builder.AddGatewayHost();
        builder.Services.AddRegistryCore(builder.Configuration);
        builder.Services.AddMcpFace(builder.Configuration);
        using var services = builder.Services.BuildServiceProvider();

        var refusal = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(named, Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Complaints(object options, string property)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        return found.SelectMany(one => one.MemberNames).Where(name => name == property);
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
