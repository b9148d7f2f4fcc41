using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;

using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Services;

/// <summary>A registration as it is shown, with how the service stands.</summary>
internal sealed record ServiceModel : ServiceRegistrationModel
{
    [Description("api (registered over REST), file (from mcp-servers.json, changed by editing the file) or discovery (found by service discovery).")]
    public required string Origin { get; init; }

    [Description("1 when it was registered, one more with each change; 0 when it is not stored.")]
    public required long Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    [Description("starting, ready or unavailable.")]
    public required string State { get; init; }

    [Description("Why it is not ready.")]
    public string? Reason { get; init; }

    [Description("How many tools it offers.")]
    public required int ToolCount { get; init; }

    [Description("How many instances it has.")]
    public required int InstanceCount { get; init; }

    /// <summary>The JSON of a service: its registration without secrets, and its state.</summary>
    public static JsonObject Render(ServiceSnapshot service)
    {
        var json = Render(service.Registration);
        json["state"] = WireNameOf(service.Condition);
        json["reason"] = service.Reason;
        json["tool_count"] = service.Catalog.Tools.Length;
        json["instance_count"] = service.Instances.Length;
        return json;
    }

    /// <summary>The JSON of a registration without secrets.</summary>
    public static JsonObject Render(ServiceRegistration registration) =>
        JsonSerializer.SerializeToNode(RegistrationJson.Public(registration), RegistrationJson.TypeInfo)!.AsObject();

    public static string WireNameOf(ServiceCondition condition) => condition switch
    {
        ServiceCondition.Starting => "starting",
        ServiceCondition.Ready => "ready",
        _ => "unavailable",
    };
}

internal sealed record ServiceListModel(IReadOnlyList<ServiceModel> Services);
