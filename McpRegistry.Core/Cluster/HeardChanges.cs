using System.Collections.Immutable;

namespace McpRegistry.Core.Cluster;

/// <summary>What was heard of changes and has not been read yet. Any thread may add.</summary>
internal sealed class HeardChanges
{
    // More than this is read faster as a whole.
    private const int MostServices = 500;
    private const int MostVersions = 10_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _services = new(StringComparer.Ordinal);
    private readonly HashSet<long> _versions = [];
    private bool _mayHaveMissed;

    public void Add(SharedChange change)
    {
        lock (_gate)
        {
            // More is not kept: everything is read then.
            if (_services.Count > MostServices || _versions.Count > MostVersions)
            {
                _mayHaveMissed = true;
                return;
            }
            _versions.Add(change.Version);
            if (change.Service is { } service) _services.Add(service);
        }
    }

    /// <summary>Others changed things unheard.</summary>
    public void Miss()
    {
        lock (_gate) _mayHaveMissed = true;
    }

    public bool IsEmpty
    {
        get { lock (_gate) return _versions.Count == 0 && !_mayHaveMissed; }
    }

    /// <summary>Takes what was heard so far.</summary>
    public Batch Take()
    {
        lock (_gate)
        {
            var batch = new Batch([.. _services], [.. _versions], _mayHaveMissed || _services.Count > MostServices);
            _services.Clear();
            _versions.Clear();
            _mayHaveMissed = false;
            return batch;
        }
    }

    /// <summary>Changes heard together.</summary>
    /// <param name="Services">The registrations they were about.</param>
    /// <param name="Versions">Their versions.</param>
    /// <param name="NeedsAll">True when everything is to be read.</param>
    internal sealed record Batch(ImmutableArray<string> Services, ImmutableHashSet<long> Versions, bool NeedsAll)
    {
        public bool IsEmpty => Versions.IsEmpty && !NeedsAll;

        /// <summary>The version up to which no change is missing, for somebody who has <paramref name="known"/>. Null: one was not heard.</summary>
        public long? ReachFrom(long known)
        {
            var reach = known;
            while (Versions.Contains(reach + 1)) reach++;
            return Versions.Any(version => version > reach) ? null : reach;
        }
    }
}
