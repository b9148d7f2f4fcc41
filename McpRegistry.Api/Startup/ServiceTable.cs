using System.Globalization;
using System.Text;

using McpRegistry.Api.Docs;
using McpRegistry.Api.Services;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Startup;

/// <summary>How the services stand, as plain text for people.</summary>
internal static class ServiceTable
{
    // A line for people: of a thousand names nobody reads more.
    private const int MostNames = 10;

    /// <summary>Who is still awaited; null when every service is either up, with its lists read, or known to be away.</summary>
    public static string? Progress(RegistrySnapshot snapshot)
    {
        var awaited = snapshot.Services.Values.Where(IsAwaited).Select(one => one.Name).ToArray();
        if (awaited.Length == 0) return null;
        var names = string.Join(", ", awaited.Order(StringComparer.Ordinal).Take(MostNames));
        var more = awaited.Length > MostNames ? $" and {awaited.Length - MostNames} more" : "";
        return $"Starting services: {snapshot.Services.Count - awaited.Length} of {snapshot.Services.Count} done, waiting for {names}{more}";
    }

    /// <summary>
    /// Where everything is, and a line per service:
    /// <code>
    ///   filesystem   unavailable              npx not found
    ///   sample       ready          7 tools
    /// </code>
    /// </summary>
    public static string WithAddresses(IEnumerable<string> addresses, RegistrySnapshot snapshot)
    {
        var text = new StringBuilder("\nMcpRegistry is up.\n");
        foreach (var address in addresses.Select(one => one.TrimEnd('/')))
            text.Append(CultureInfo.InvariantCulture, $"\n  REST  {address}/api\n  MCP   {address}/mcp\n  Docs  {address}{DocsExtensions.Page}\n");
        if (snapshot.Services.Count == 0) return text.Append("\n  No services yet: write mcp-servers.json or POST /api/services.\n").ToString();

        text.Append('\n');
        var rows = Sorted(snapshot).Select(one => (one.Name, State: ServiceModel.WireNameOf(one.Condition), Tools: ToolsOf(one), one.Reason)).ToArray();
        var name = rows.Max(row => row.Name.Length);
        var tools = rows.Max(row => row.Tools.Length);
        foreach (var row in rows)
            text.Append($"  {row.Name.PadRight(name)}  {row.State,-11}  {row.Tools.PadLeft(tools)}  {row.Reason}".TrimEnd()).Append('\n');
        return text.ToString();
    }

    private static IOrderedEnumerable<ServiceSnapshot> Sorted(RegistrySnapshot snapshot) => snapshot.Services.Values.OrderBy(one => one.Name, StringComparer.Ordinal);

    /// <summary>True while it is neither up, with its lists read, nor known to be away.</summary>
    public static bool IsAwaited(ServiceSnapshot service) =>
        service.Condition == ServiceCondition.Starting || (service.Condition is not (ServiceCondition.Unavailable or ServiceCondition.NotAllowed) && !service.Catalog.Unread.IsEmpty);

    public static string ToolsOf(ServiceSnapshot service) => service.Catalog.Tools.Length switch
    {
        0 when service.Condition is not (ServiceCondition.Ready or ServiceCondition.Degraded) => "",
        1 => "1 tool",
        var count => string.Create(CultureInfo.InvariantCulture, $"{count} tools"),
    };
}
