using System.Collections.Concurrent;

using McpRegistry.Core.Cluster;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>The replicas of a test, known to each other at once.</summary>
internal sealed class FakeReplicas
{
    public ConcurrentDictionary<string, Uri> Addresses { get; } = new(StringComparer.Ordinal);

    public IReplicaDirectory DirectoryOf(string replica) => new Directory(this, replica);

    private sealed class Directory(FakeReplicas replicas, string self) : IReplicaDirectory
    {
        public string Self => self;

        public Uri? OwnAddress => AddressOf(self);

        public Uri? AddressOf(string replica) => replicas.Addresses.GetValueOrDefault(replica);
    }
}
