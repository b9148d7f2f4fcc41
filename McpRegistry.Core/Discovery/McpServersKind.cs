using System.Collections.Frozen;
using System.Text.Json;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Discovery;

/// <summary>
/// What kind of service an entry describes. <c>type</c> has two meanings: editors write the transport there
/// (<c>stdio</c>, <c>http</c>, <c>sse</c>), we the kind of server (<c>fastmcp</c>, <c>fastapi</c>, ...).
/// </summary>
internal sealed record McpServersKind(string? Type, string Protocol)
{
    private static readonly FrozenDictionary<string, ServiceProtocol> Transports = new Dictionary<string, ServiceProtocol>
    {
        ["stdio"] = ServiceProtocol.Stdio,
        ["local"] = ServiceProtocol.Stdio,
        ["http"] = ServiceProtocol.Http,
        ["streamablehttp"] = ServiceProtocol.Http,
        ["remote"] = ServiceProtocol.Http,
        ["sse"] = ServiceProtocol.Http,
        ["websocket"] = ServiceProtocol.WebSocket,
        ["ws"] = ServiceProtocol.WebSocket,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Types =
        Enum.GetValues<ServiceType>().Select(one => one.WireName()).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The members of an entry that are read here.</summary>
    public static readonly FrozenSet<string> Members = new[] { "type", "transport", "transportType", "protocol" }.ToFrozenSet();

    /// <summary>What is wrong; null when nothing is.</summary>
    public RegistrationError? Problem { get; private init; }

    /// <summary>True for a child process.</summary>
    public bool IsStdio => Protocol == ServiceProtocol.Stdio.WireName();

    /// <summary>Reads the kind; where nothing is said, a command means stdio and a URL means HTTP.</summary>
    public static McpServersKind Of(List<JsonProperty> members)
    {
        var protocol = (members.Exists(one => one.Name == "command") ? ServiceProtocol.Stdio : ServiceProtocol.Http).WireName();
        string? type = null;
        RegistrationError? problem = null;
        foreach (var member in members.Where(one => Members.Contains(one.Name)).OrderBy(one => one.Name == "protocol"))
        {
            var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : "";
            if (Transports.TryGetValue(Plain(text), out var transport)) protocol = transport.WireName();
            else if (member.Name == "type" && Types.Contains(text)) type = text;
            else problem = new RegistrationError(member.Name, Expected(member.Name));
        }
        return new McpServersKind(type, protocol) { Problem = problem };
    }

    /// <summary>Writes it as members of a registration.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        if (Type is not null) writer.WriteString("type", Type);
        writer.WriteString("protocol", Protocol);
    }

    // streamable-http, streamable_http, streamableHttp: every client has a spelling of its own.
    private static string Plain(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    private static string Expected(string member)
    {
        var transports = "stdio, http, streamable-http, sse";
        return member == "type" ? $"It must be one of {transports}, {string.Join(", ", Types)}." : $"It must be one of {transports}.";
    }
}
