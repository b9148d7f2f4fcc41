using System.Text.Json.Serialization;

using McpRegistry.Core.Health;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>A verdict as it stands in Redis: <c>{"at":1795370000000,"verdict":"Healthy","answered":true,"ms":3.2}</c>.</summary>
/// <param name="At">When it was written, in milliseconds by Redis' clock. Null in messages: now.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Answered">Whether the last probe was answered.</param>
/// <param name="Ms">How long that took, in milliseconds.</param>
/// <param name="Error">Why it failed. Null: it did not.</param>
/// <param name="Silent">Whether it failed by silence.</param>
/// <param name="Told">When the worker said so, in milliseconds by its own clock: under a seal, what was said once is not said again later. 0: not known.</param>
internal sealed record StoredVerdict(long? At, HealthVerdict Verdict, bool Answered, double Ms, string? Error, bool Silent, long Told)
{
    public static StoredVerdict Of(HealthAdvice advice, long told) =>
        new(null, advice.Verdict, advice.Probe.IsHealthy, advice.Probe.Elapsed.TotalMilliseconds, advice.Probe.Error, advice.Probe.IsSilence, told);

    public HealthAdvice ToAdvice(TimeSpan age) => new(Verdict, new ProbeResult(Answered, TimeSpan.FromMilliseconds(Ms), Error) { IsSilence = Silent }, age);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(StoredVerdict))]
[JsonSerializable(typeof(Dictionary<string, StoredVerdict?>))]
internal sealed partial class StoredVerdictJson : JsonSerializerContext;
