using System.Text.Json;

using McpRegistry.Core.Health;
using McpRegistry.Core.State;

namespace McpRegistry.Mcp.OwnTools;

/// <summary><c>service_health</c>: what probes and calls have shown, without a new probe.</summary>
internal sealed class ServiceHealthTool : IOwnTool
{
    public string Name => OwnToolDefinitions.ServiceHealth;

    public Task CallAsync(McpExchange exchange)
    {
        var name = OwnToolArguments.Of(exchange).Text("service"u8);
        var services = exchange.Scope.Services.Where(one => name is null || one.Name == name).ToArray();
        if (name is not null && services.Length == 0) return exchange.AnswerOwnAsync(ToolResult.Failed("There is no service of that name."));
        return exchange.AnswerOwnAsync(ToolResult.Of(writer =>
        {
            writer.WriteStartArray("services"u8);
            foreach (var service in services) WriteService(writer, service);
            writer.WriteEndArray();
        }));
    }

    private static void WriteService(Utf8JsonWriter writer, ServiceSnapshot service)
    {
        // The same verdict as over REST: a healthy instance that gets no calls makes nothing healthy.
        var health = ServiceHealth.Of(service);
        writer.WriteStartObject();
        writer.WriteString("service"u8, service.Name);
        writer.WriteString("status"u8, WireName(health.Verdict));
        writer.WriteString("condition"u8, WireName(service.Condition));
        if (service.Reason is not null) writer.WriteString("reason"u8, service.Reason);
        if (health.LastCheck is { } checkedAt) writer.WriteString("last_check"u8, checkedAt);
        if (health.ResponseTime is { } time) writer.WriteNumber("response_time_ms"u8, Math.Round(time.TotalMilliseconds, 1));
        if (health.Verdict != HealthVerdict.Healthy && (service.Reason ?? health.Error) is { } error) writer.WriteString("error"u8, error);
        writer.WriteStartArray("instances"u8);
        foreach (var instance in service.Instances) WriteInstance(writer, instance);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteInstance(Utf8JsonWriter writer, InstanceState instance)
    {
        var health = instance.Health.Status;
        writer.WriteStartObject();
        writer.WriteString("instance_id"u8, instance.InstanceId);
        writer.WriteString("status"u8, WireName(health.Verdict));
        writer.WriteBoolean("available"u8, instance.IsAvailable);
        if (health.LastCheck is { } checkedAt) writer.WriteString("last_check"u8, checkedAt);
        if (health.ResponseTime is { } time) writer.WriteNumber("response_time_ms"u8, Math.Round(time.TotalMilliseconds, 1));
        if (health.Error is not null) writer.WriteString("error"u8, health.Error);
        writer.WriteEndObject();
    }

    private static string WireName<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
