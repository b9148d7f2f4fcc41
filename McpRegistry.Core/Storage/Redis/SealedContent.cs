using System.Text;
using System.Text.Json;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage.Redis;

/// <summary>Shared content as one piece of text, its registrations as they lie in Redis: secrets encrypted.</summary>
internal static class SealedContent
{
    public static byte[] Write(SharedContent content, StoredRegistrations stored) => JsonSerializer.SerializeToUtf8Bytes(
        new Form(
            content.Position,
            content.Registrations.ToDictionary(one => one.Name, one => Encoding.UTF8.GetString(stored.Write(one))),
            [.. content.Drained]),
        JsonSerializerOptions.Web);

    /// <summary>Null: it is damaged, or a secret was encrypted with another key.</summary>
    public static SharedContent? Read(ReadOnlySpan<byte> text, StoredRegistrations stored)
    {
        try
        {
            if (JsonSerializer.Deserialize<Form>(text, JsonSerializerOptions.Web) is not { Registrations: { } entries, Drained: { } drained } form) return null;
            var registrations = entries.Select(one => stored.ReadCopy(one.Key, one.Value)).OfType<ServiceRegistration>().OrderBy(one => one.Name, StringComparer.Ordinal).ToArray();
            return registrations.Length == entries.Count ? new SharedContent(form.Position, [.. registrations], [.. drained]) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Form(SharedPosition? Position, Dictionary<string, string> Registrations, InstanceName[] Drained);
}
