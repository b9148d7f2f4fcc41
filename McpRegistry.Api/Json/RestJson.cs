using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

using McpRegistry.Api.Calls;
using McpRegistry.Api.Discovery;
using McpRegistry.Api.Events;
using McpRegistry.Api.Health;
using McpRegistry.Api.Instances;
using McpRegistry.Api.Problems;
using McpRegistry.Api.Services;
using McpRegistry.Api.Tools;

namespace McpRegistry.Api.Json;

/// <summary>What REST answers with, as JSON: snake_case, generated at build.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServiceModel))]
[JsonSerializable(typeof(ServiceRegistrationModel))]
[JsonSerializable(typeof(ServiceListModel))]
[JsonSerializable(typeof(ShadowedModel[]))]
[JsonSerializable(typeof(ServiceHealthModel))]
[JsonSerializable(typeof(ServiceInstance))]
[JsonSerializable(typeof(InstanceListModel))]
[JsonSerializable(typeof(NewInstanceModel))]
[JsonSerializable(typeof(DrainModel))]
[JsonSerializable(typeof(ToolListModel))]
[JsonSerializable(typeof(RefreshModel))]
[JsonSerializable(typeof(ApprovalModel))]
[JsonSerializable(typeof(ChangeModel))]
[JsonSerializable(typeof(CallModel))]
[JsonSerializable(typeof(CallResultModel))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class RestJson : JsonSerializerContext;

/// <summary>Problems as JSON; what is not known is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext;
