using System.Collections.Concurrent;

using McpRegistry.Core.Cluster;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>What one replica knows of the others, as a test fills it.</summary>
internal sealed class FakeDirectory(string self) : IReplicaDirectory
{
    public ConcurrentDictionary<string, Uri> Known { get; } = new();

    public string Self => self;

    public Uri? OwnAddress => null;

    public Uri? AddressOf(string replica) => Known.GetValueOrDefault(replica);
}
