using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

using McpRegistry.Api.Json;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Api.Services;

/// <summary>
/// Writes what <see cref="ServiceModel"/> describes: a registration without its secrets, and how the service stands. Registrations
/// are written once for as long as they live, since a list of a thousand services would otherwise be nothing else.
/// </summary>
internal static class ServiceJson
{
    private static readonly ConditionalWeakTable<ServiceRegistration, byte[]> Registrations = [];

    /// <summary>A registration that has no service yet.</summary>
    public static ReadOnlyMemory<byte> Of(ServiceRegistration registration) => Registrations.GetValue(registration, Write);

    /// <summary>One service, with what is wrong with its own lists.</summary>
    public static ReadOnlyMemory<byte> Of(ServiceSnapshot service) => Of(service, service.Catalog.Problems);

    /// <summary>
    /// One service, with what of its lists is not shown together with those of the others as well. That takes the merged lists, which
    /// are not to be made anew for each of a thousand registrations.
    /// </summary>
    public static ReadOnlyMemory<byte> Of(RegistrySnapshot registry, ServiceSnapshot service) =>
        Of(service, service.Catalog.Problems.AddRange(registry.Catalog.WithheldOf(service.Name)));

    private static ReadOnlyMemory<byte> Of(ServiceSnapshot service, ImmutableArray<CatalogProblem> problems)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Write(output, service, problems.Length);
        if (problems.IsEmpty) return output.WrittenMemory;
        // Of one service they are told in full, in the same object; in the list of all only how many there are.
        var whole = new ArrayBufferWriter<byte>(output.WrittenCount + 1024);
        whole.Write(output.WrittenSpan[..^1]);
        CatalogProblemsJson.Write(whole, problems);
        whole.Write("}"u8);
        return whole.WrittenMemory;
    }

    /// <summary>All services, in this order.</summary>
    public static ReadOnlyMemory<byte> ListOf(IReadOnlyCollection<ServiceSnapshot> services)
    {
        var output = new ArrayBufferWriter<byte>(1024 * (services.Count + 1));
        output.Write("{\"services\":["u8);
        var isFirst = true;
        foreach (var service in services)
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            Write(output, service, service.Catalog.Problems.Length);
        }
        output.Write("]}"u8);
        return output.WrittenMemory;
    }

    private static void Write(ArrayBufferWriter<byte> output, ServiceSnapshot service, int problemCount)
    {
        // The state's members come after the registration's, in the same object.
        output.Write(Of(service.Registration).Span[..^1]);
        var reason = service.Reason is null ? "null" : $"\"{JsonEncodedText.Encode(service.Reason)}\"";
        var problems = problemCount == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $",\"catalog_problem_count\":{problemCount}");
        var state = string.Create(
            CultureInfo.InvariantCulture,
            $",\"state\":\"{ServiceModel.WireNameOf(service.Condition)}\",\"reason\":{reason},\"tool_count\":{service.Catalog.Tools.Length},\"instance_count\":{service.Instances.Length}{problems}{ShadowedJson(service)}}}");
        Encoding.UTF8.GetBytes(state, output);
    }

    private static string ShadowedJson(ServiceSnapshot service)
    {
        if (service.Shadowed.IsEmpty) return "";
        var models = service.Shadowed.Select(one => new ShadowedModel(
            one.Origin.WireName(), "shadowed", $"A service of this name of the origin {service.Registration.Origin.WireName()} comes first.", one.Version, one.CreatedAt, one.UpdatedAt));
        return ",\"shadowed\":" + JsonSerializer.Serialize(models.ToArray(), RestJson.Default.ShadowedModelArray);
    }

    private static byte[] Write(ServiceRegistration registration) =>
        JsonSerializer.SerializeToUtf8Bytes(RegistrationJson.Public(registration), RegistrationJson.TypeInfo);
}
