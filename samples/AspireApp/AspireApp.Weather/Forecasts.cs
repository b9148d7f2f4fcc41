using System.ComponentModel;

using ModelContextProtocol.Server;

namespace AspireApp.Weather;

/// <summary>The tools of this server.</summary>
[McpServerToolType]
internal sealed class Forecasts
{
    [McpServerTool(Name = "forecast", ReadOnly = true), Description("Says what the weather will be like tomorrow.")]
    public static string Forecast([Description("Where.")] string city) => $"It will be sunny in {city}.";
}
