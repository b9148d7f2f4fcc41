using System.Text.Json;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Shared data as one JSON document for the disk; each registration is the text that Redis has of it, so no secret is readable.</summary>
internal sealed record SealedContent(SharedPosition? Position, IReadOnlyList<SealedContent.Entry> Registrations, IReadOnlyList<InstanceName> Drained)
{
    public static byte[] Seal(SharedContent content, StoredRegistrations stored) => JsonSerializer.SerializeToUtf8Bytes(new SealedContent(
        content.Position,
        [.. content.Registrations.Select(one => new Entry(one.Name, stored.Write(one)))],
        content.Drained));

    /// <summary>Reads what <see cref="Seal"/> wrote. Null: it is damaged. A registration that cannot be read is left out, as when Redis has it.</summary>
    public static SharedContent? Unseal(ReadOnlySpan<byte> json, StoredRegistrations stored)
    {
        try
        {
            return JsonSerializer.Deserialize<SealedContent>(json) is { Registrations: { } registrations, Drained: { } drained } content
                ? new SharedContent(content.Position, [.. registrations.Where(one => one is { Name: not null, Text: not null }).DistinctBy(one => one.Name).Select(one => stored.Read(one.Name, one.Text)).OfType<ServiceRegistration>()], [.. drained])
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>One registration.</summary>
    internal sealed record Entry(string Name, string Text);
}
