using System.Collections.Immutable;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

namespace McpRegistry.Core.Cluster;

/// <summary>
/// A store that several processes use at once, and how each learns of what the others changed. While there is no position (the
/// store is new or was emptied) every write but <see cref="TrySeedAsync"/> throws <see cref="RegistryStoreException"/>: what
/// was written then could not be told from what is left of older data.
/// </summary>
internal interface ISharedRegistry : IRegistryStore
{
    /// <summary>True while it answers. Calls fail at once while it is false.</summary>
    bool IsUp { get; }

    /// <summary>Raised when <see cref="IsUp"/> changed, on any thread: handlers must return at once.</summary>
    event Action? UpChanged;

    /// <summary>Raised for each change, this process's own included, on any thread: handlers must return at once. Messages can get lost; see <see cref="PositionAsync"/>.</summary>
    event Action<SharedChange>? Changed;

    /// <summary>Where the data stand now; cheap. Null: there are none, the store is new or was emptied.</summary>
    ValueTask<SharedPosition?> PositionAsync(CancellationToken cancellationToken);

    /// <summary>Everything, as it stood at one moment.</summary>
    ValueTask<SharedContent> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Some registrations, as they stood at one moment, with all drained instances; one that is gone is missing in the answer.</summary>
    ValueTask<SharedContent> ReadAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken);

    /// <summary>
    /// Makes <paramref name="content"/> all there is, under a new generation: for a store that came back empty or older than what
    /// this process knows. One of several that try succeeds.
    /// </summary>
    /// <param name="content">
    /// What is to be there. Generation and version of its position are the highest this process has seen, and the new ones are higher;
    /// its <see cref="SharedPosition.Covers"/> is kept with the new generation. Null position: first start, nothing known.
    /// </param>
    /// <param name="seen">What <see cref="PositionAsync"/> said; when it is no longer so nothing is done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The new position. Null: another process was faster.</returns>
    ValueTask<SharedPosition?> TrySeedAsync(SharedContent content, SharedPosition? seen, CancellationToken cancellationToken);

    /// <summary>The content in the form it is stored in, so that it may lie on a disk: secrets encrypted, or references only.</summary>
    byte[] Seal(SharedContent content);

    /// <summary>Reads what <see cref="Seal"/> wrote. Null: it is damaged, or was sealed with another key.</summary>
    SharedContent? Unseal(ReadOnlySpan<byte> sealedContent);
}

/// <summary>Where shared data stand.</summary>
/// <param name="Generation">Grows each time the data were put there anew as a whole.</param>
/// <param name="GenerationId">
/// Tells two generations of one number apart, as after an emptied store was used by somebody who knew nothing of us. Letters and digits.
/// </param>
/// <param name="Version">Grows with each change, and with each generation.</param>
/// <param name="Covers">How far these data include those of other generations, as <see cref="Lineage"/> writes it; no spaces. Empty: they include none.</param>
internal readonly record struct SharedPosition(long Generation, string GenerationId, long Version, string Covers = "");

/// <summary>Shared data.</summary>
/// <param name="Position">Where they stand. Null: there are none.</param>
/// <param name="Registrations">The registrations, by name.</param>
/// <param name="Drained">The drained instances.</param>
internal sealed record SharedContent(SharedPosition? Position, ImmutableArray<ServiceRegistration> Registrations, ImmutableArray<InstanceName> Drained);

/// <summary>One change of shared data.</summary>
/// <param name="Version">The version that has it.</param>
/// <param name="Service">The registration it is about. Null: a drained instance, or everything.</param>
internal readonly record struct SharedChange(long Version, string? Service);
