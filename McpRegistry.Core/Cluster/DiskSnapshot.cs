using System.Security.Cryptography;
using System.Text.Json;

using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>What was on the disk.</summary>
/// <param name="Content">What the shared store held.</param>
/// <param name="Age">How long ago that was, by this machine's clock.</param>
internal sealed record RememberedContent(SharedContent Content, TimeSpan Age);

/// <summary>
/// The file that remembers what the shared store held: a line about the file, then the content as the store keeps it.
/// <code>
///   {"format":"mcpregistry 1","store":"5c1f…","saved_at":"2026-11-22T10:00:00+00:00","sha256":"9a0b…"}
///   …
/// </code>
/// What is not whole is not used: a registration that is half there is worse than none.
/// </summary>
internal sealed partial class DiskSnapshot(ISharedRegistry store, DiskSnapshotPlace place, TimeProvider time, ILogger<DiskSnapshot> logger)
{
    private const string Format = "mcpregistry 1";
    private const int LargestFile = 256 * 1024 * 1024;

    /// <summary>Writes the file so that it is there whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full, or the folder is not to be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder belongs to somebody else.</exception>
    public void Save(SharedContent content)
    {
        var path = place.Path ?? throw new IOException($"This user has no home folder; set {ClusterOptions.Section}:{nameof(ClusterOptions.SnapshotPath)}.");
        var payload = store.Seal(content);
        var head = JsonSerializer.SerializeToUtf8Bytes(new Head(Format, place.Store, time.GetUtcNow(), Checksum(payload)), JsonSerializerOptions.Web);
        PrivateFiles.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        PrivateFiles.Write(path, [.. head, (byte)'\n', .. payload]);
    }

    /// <summary>Reads the file. Null: there is none, or it is of no use.</summary>
    public RememberedContent? Load()
    {
        if (place.Path is not { } path || !File.Exists(path)) return null;
        try
        {
            if (new FileInfo(path).Length > LargestFile) throw new InvalidDataException("it is too large");
            return Read(File.ReadAllBytes(path), path);
        }
        catch (Exception useless) when (useless is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            LogUseless(path, useless is JsonException ? "it is damaged" : useless.Message);
            return null;
        }
    }

    private RememberedContent? Read(byte[] file, string path)
    {
        var end = Array.IndexOf(file, (byte)'\n');
        if (end < 0) throw new InvalidDataException("it is cut short");
        var head = JsonSerializer.Deserialize<Head>(file.AsSpan(0, end), JsonSerializerOptions.Web);
        if (head?.Format != Format) throw new InvalidDataException("it was not written by this version");
        var payload = file.AsSpan(end + 1);
        if (head.Sha256 != Checksum(payload)) throw new InvalidDataException("it is damaged");
        if (head.Store != place.Store)
        {
            LogOtherStore(path);
            return null;
        }
        var content = store.Unseal(payload) ?? throw new InvalidDataException("its secrets were encrypted with another key, or it is damaged");
        var age = time.GetUtcNow() - head.SavedAt;
        return new RememberedContent(content, age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    private static string Checksum(ReadOnlySpan<byte> payload) => Convert.ToHexStringLower(SHA256.HashData(payload));

    [LoggerMessage(1, LogLevel.Error, "{Path} is ignored: {Reason}", EventName = "SnapshotUseless")]
    private partial void LogUseless(string path, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Path} is ignored: it is about another Redis", EventName = "SnapshotOfAnother")]
    private partial void LogOtherStore(string path);

    private sealed record Head(
        string Format,
        string Store,
        [property: System.Text.Json.Serialization.JsonPropertyName("saved_at")] DateTimeOffset SavedAt,
        string Sha256);
}
