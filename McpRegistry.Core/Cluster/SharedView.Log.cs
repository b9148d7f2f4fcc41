using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

internal sealed partial class SharedView
{
    private void LogSeeded(Restoration restoration, SharedPosition seeded, SharedContent found, SharedContent known)
    {
        var content = restoration.Content;
        if (restoration.Cause == RestorationCause.New) LogFirst(seeded.Generation, content.Registrations.Length);
        else if (restoration.Cause == RestorationCause.EmptyOnPurpose) LogAccepted(found, known);
        else
        {
            LogRestored(
                Describe(restoration.Cause), found.Position?.Generation, found.Position?.Version, known.Position?.Generation, known.Position?.Version,
                restoration.Changed, seeded.Generation, content.Registrations.Length, content.Drained.Length);
        }
    }

    private void LogAccepted(SharedContent found, SharedContent known) => LogAccepted(
        found.Position?.Generation, found.Position?.Version, found.Registrations.Length, known.Position?.Generation, known.Position?.Version, known.Registrations.Length);

    private static string Describe(RestorationCause cause) => cause switch
    {
        RestorationCause.Empty => "came back empty",
        RestorationCause.Older => "came back older",
        RestorationCause.Rewound => "holds older versions of registrations than it held before, though nothing else was lost",
        RestorationCause.Diverged => "was filled by a process that did not know everything",
        _ => "lost what this process wrote last",
    };

    [LoggerMessage(1, LogLevel.Information, "The shared store is new: generation {Generation} begins with {Registrations} registrations", EventName = "StoreFirstUsed")]
    private partial void LogFirst(long generation, int registrations);

    [LoggerMessage(2, LogLevel.Warning,
        "The shared store {Loss}: it stood at generation {FoundGeneration}, version {FoundVersion}; this process knows generation {KnownGeneration}, version {KnownVersion}. "
        + "{Changed} registrations were put back or right: generation {Generation} begins with {Registrations} registrations and {Drained} drained instances. "
        + "To take over what the store holds instead, set McpRegistry:Cluster:AcceptEmpty",
        EventName = "StoreRestored")]
    private partial void LogRestored(
        string loss, long? foundGeneration, long? foundVersion, long? knownGeneration, long? knownVersion, int changed, long generation, int registrations, int drained);

    [LoggerMessage(3, LogLevel.Warning,
        "What the shared store holds is taken over as McpRegistry:Cluster:AcceptEmpty says: generation {FoundGeneration}, version {FoundVersion} with {Found} registrations, "
        + "in place of generation {KnownGeneration}, version {KnownVersion} with {Known}",
        EventName = "StoreAccepted")]
    private partial void LogAccepted(long? foundGeneration, long? foundVersion, int found, long? knownGeneration, long? knownVersion, int known);

    [LoggerMessage(4, LogLevel.Warning, "{Service} is in the shared store, but a more trusted service has that name here (origin: {Origin}): the stored one is kept, hidden and not served", EventName = "StoredServiceHidden")]
    private partial void LogHidden(string service, string origin);

    [LoggerMessage(5, LogLevel.Error, "The registration of {Service} in the shared store cannot be used here; the service is left as it is", EventName = "StoredServiceUnusable")]
    private partial void LogUnusable(Exception exception, string service);
}
