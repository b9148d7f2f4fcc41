using System.Collections.Immutable;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Cluster.Fakes;

/// <summary>What several <see cref="FakeSharedRegistry"/> share: the data, and who is told of changes.</summary>
internal sealed class FakeSharedStore
{
    private readonly Lock _gate = new();
    private readonly List<FakeSharedRegistry> _members = [];
    private int _ids;

    public SharedContent Content { get; set; } = new(null, [], []);

    public SharedPosition? Position => Content.Position;

    public IEnumerable<string> Names => Content.Registrations.Select(one => one.Name).Order(StringComparer.Ordinal);

    /// <summary>Everything is lost, as after a restart without persistence.</summary>
    public void Empty() => Content = new SharedContent(null, [], []);

    /// <summary>The whole store goes away or comes back; what it holds may be replaced in between.</summary>
    public void SetUp(bool isUp)
    {
        foreach (var member in Members()) member.SetUp(isUp);
    }

    public void Join(FakeSharedRegistry member)
    {
        lock (_gate) _members.Add(member);
    }

    public bool Change(string? service, Func<SharedContent, SharedContent?> change)
    {
        lock (_gate)
        {
            if (Content.Position is not { } before) throw new RegistryStoreException("The store was emptied.");
            if (change(Content) is not { } after) return false;
            Content = after with { Position = before with { Version = before.Version + 1 } };
        }
        Tell(service);
        return true;
    }

    public SharedPosition? TrySeed(SharedContent content, SharedPosition? seen)
    {
        lock (_gate)
        {
            if (Content.Position != seen) return null;
            var generation = Math.Max(content.Position?.Generation ?? 0, seen?.Generation ?? 0) + 1;
            var version = Math.Max(content.Position?.Version ?? 0, seen?.Version ?? 0) + 1;
            Content = content with { Position = new SharedPosition(generation, $"g{++_ids}", version, content.Position?.Covers ?? "") };
        }
        Tell(null);
        return Content.Position;
    }

    public SharedContent Read()
    {
        lock (_gate) return Content;
    }

    private void Tell(string? service)
    {
        var change = new SharedChange(Content.Position!.Value.Version, service);
        foreach (var member in Members()) member.Hear(change);
    }

    private ImmutableArray<FakeSharedRegistry> Members()
    {
        lock (_gate) return [.. _members];
    }
}
