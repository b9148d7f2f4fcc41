using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace McpRegistry.ServiceDefaults.Hosting;

/// <summary>What a process tells when nobody says what it should.</summary>
public static class DefaultLogLevels
{
    private static readonly Dictionary<string, string?> Common = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        // Whoever asks for the health is told; the log would say the same every few seconds, as an error.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
    };

    /// <summary>Adds the levels below every other source of settings, so that files, variables and arguments still decide.</summary>
    /// <param name="builder">The process.</param>
    /// <param name="others">Levels of further categories.</param>
    public static WebApplicationBuilder AddDefaultLogLevels(this WebApplicationBuilder builder, params (string Category, string Level)[] others)
    {
        var levels = Common.Concat(others.Select(one => KeyValuePair.Create($"Logging:LogLevel:{one.Category}", (string?)one.Level)));
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = levels.ToArray() });
        return builder;
    }
}
