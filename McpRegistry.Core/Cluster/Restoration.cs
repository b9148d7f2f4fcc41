using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Cluster;

/// <summary>Why a store was filled by this process.</summary>
internal enum RestorationCause
{
    /// <summary>Nobody used it before, as far as this process knows.</summary>
    New,

    /// <summary>It lost everything.</summary>
    Empty,

    /// <summary>It lost everything, and is to stay empty.</summary>
    EmptyOnPurpose,

    /// <summary>It holds a state that this process has seen it leave behind.</summary>
    Older,

    /// <summary>Somebody filled it who did not know all that this process knows.</summary>
    Diverged,

    /// <summary>It holds older versions of registrations than this process has read there: somebody put them back.</summary>
    Rewound,

    /// <summary>It lost what this process wrote last.</summary>
    OwnWritesLost,
}

/// <summary>What a store is to hold so that nothing is lost, and why it does not.</summary>
/// <param name="Content">All it is to hold.</param>
/// <param name="Cause">Why.</param>
/// <param name="Changed">How many registrations it did not have, had in an older state, or has too many.</param>
internal sealed record Restoration(SharedContent Content, RestorationCause Cause, int Changed)
{
    /// <summary>
    /// Compares what a store holds with what this process knows. Null: what it holds is right.
    /// <list type="bullet">
    /// <item>It includes what this process knows: it is right, but for own writes that went lost.</item>
    /// <item>It is empty, or this process knows all of it and more: what is known replaces it, so that what was removed stays removed.</item>
    /// <item>Each has something that the other does not know: both together. Of one name the higher version stays; of two creations of one
    /// name ours, since it is being served. What one side removed unknown to the other comes back: better than to lose what was acknowledged.</item>
    /// </list>
    /// </summary>
    public static Restoration? Of(SharedContent found, SharedContent known, OwnWrites writes, bool acceptEmpty)
    {
        if (known.Position is not { } last)
            return found.Position is null ? new Restoration(known, RestorationCause.New, known.Registrations.Length) : null;
        if (found.Position is not { } there)
        {
            return acceptEmpty
                ? new Restoration(new SharedContent(After(last), [], []), RestorationCause.EmptyOnPurpose, 0)
                : new Restoration(known with { Position = After(last) }, RestorationCause.Empty, known.Registrations.Length);
        }

        if (Lineage.Includes(there, last))
        {
            // Versions only ever grow; with a position that includes ours, no older one can be there by itself.
            var rewound = Rewound(found, known).ToImmutableArray();
            if (!rewound.IsEmpty) return new Restoration(found with { Position = After(last, there), Registrations = With(found.Registrations, rewound) }, RestorationCause.Rewound, rewound.Length);
            // An acknowledged write made a version of its own, so the same version cannot have it.
            var mayLackOwn = there.GenerationId != last.GenerationId || there.Version == last.Version;
            return mayLackOwn && !writes.IsEmpty ? Together(found, known, writes, After(last, there)) : null;
        }

        if (acceptEmpty) return null;
        return Lineage.Includes(last, there)
            ? new Restoration(known with { Position = After(last, there) }, RestorationCause.Older, MissingIn(found, known.Registrations).Length)
            : Together(found, known, After(last, there));
    }

    /// <summary>What this process knows of registrations that the store holds in an older version.</summary>
    public static IEnumerable<ServiceRegistration> Rewound(SharedContent found, SharedContent known)
    {
        if (found.Registrations.IsEmpty || known.Registrations.IsEmpty) return [];
        var there = found.Registrations.ToDictionary(one => one.Name, StringComparer.Ordinal);
        return known.Registrations.Where(one => there.TryGetValue(one.Name, out var other) && IsOlder(other, one));
    }

    // Of another creation by the clocks, which may disagree a little.
    private static bool IsOlder(ServiceRegistration found, ServiceRegistration known) =>
        found.CreatedAt == known.CreatedAt ? found.Version < known.Version : known.CreatedAt - found.CreatedAt > TimeSpan.FromMinutes(1);

    private static Restoration Together(SharedContent found, SharedContent known, SharedPosition position)
    {
        var added = MissingIn(found, known.Registrations);
        return new Restoration(new SharedContent(position, With(found.Registrations, added), [.. found.Drained.Union(known.Drained)]), RestorationCause.Diverged, added.Length);
    }

    private static Restoration? Together(SharedContent found, SharedContent known, OwnWrites writes, SharedPosition position)
    {
        var own = known.Registrations.Where(one => writes.Registrations.ContainsKey(one.Name)).ToImmutableArray();
        var added = MissingIn(found, own);
        // Of a removed one the creation is known: a new registration of that name is somebody else's.
        var removed = found.Registrations
            .Where(one => writes.Registrations.TryGetValue(one.Name, out var created) && created == one.CreatedAt && own.All(mine => mine.Name != one.Name))
            .ToImmutableArray();
        var drained = found.Drained.Where(one => !writes.Drained.Contains(one)).Concat(known.Drained.Where(writes.Drained.Contains)).ToImmutableHashSet();
        if (added.IsEmpty && removed.IsEmpty && drained.SetEquals(found.Drained)) return null;
        var content = new SharedContent(position, With(found.Registrations.RemoveRange(removed), added), [.. drained]);
        return new Restoration(content, RestorationCause.OwnWritesLost, added.Length + removed.Length);
    }

    private static ImmutableArray<ServiceRegistration> MissingIn(SharedContent found, ImmutableArray<ServiceRegistration> known)
    {
        var there = found.Registrations.ToDictionary(one => one.Name, StringComparer.Ordinal);
        return [.. known.Where(one => !there.TryGetValue(one.Name, out var other) || other.CreatedAt != one.CreatedAt || other.Version < one.Version)];
    }

    private static ImmutableArray<ServiceRegistration> With(ImmutableArray<ServiceRegistration> found, ImmutableArray<ServiceRegistration> added)
    {
        var names = added.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return [.. found.Where(one => !names.Contains(one.Name)).Concat(added).OrderBy(one => one.Name, StringComparer.Ordinal)];
    }

    private static SharedPosition After(params ReadOnlySpan<SharedPosition> sources)
    {
        SharedPosition[] all = [.. sources];
        return new SharedPosition(all.Max(one => one.Generation), "", all.Max(one => one.Version), Lineage.Of(all));
    }
}
