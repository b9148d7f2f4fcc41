using System.Collections.Concurrent;

using McpRegistry.Core.Health;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Core.Cluster;

/// <summary>Reads a feed for ever: all of it at the start and after every absence of the store, in between what is heard.</summary>
internal sealed partial class SharedFeedReader<T>(ISharedFeed<T> feed, string what, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    /// <param name="readAll">Gets everything that is there; never at the same time as <paramref name="heard"/>.</param>
    /// <param name="heard">Gets what is new.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(Action<T> readAll, Action<T> heard, CancellationToken stopping)
    {
        using var pause = new WakeablePause(time);
        var inbox = new ConcurrentQueue<T>();
        var (isListening, isBehind, isFailing) = (false, 1, false);
        feed.Reconnected += OnReconnected;
        try
        {
            while (true)
            {
                try
                {
                    if (!isListening) await feed.SubscribeAsync(OnHeard, stopping);
                    isListening = true;
                    // Listening comes first: what is written after the read is heard.
                    if (Interlocked.Exchange(ref isBehind, 0) == 1) readAll(await ReadAsync());
                    while (inbox.TryDequeue(out var news)) heard(news);
                    isFailing = false;
                }
                catch (Exception failure) when (!stopping.IsCancellationRequested)
                {
                    // A store that is away is told of elsewhere, with its reason; where it happened is of no use.
                    if (!isFailing) LogFailed(logger, what, failure is RegistryStoreException ? null : failure);
                    isFailing = true;
                }

                await pause.WaitAsync(isFailing ? AfterFailure : Timeout.InfiniteTimeSpan, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
        finally { feed.Reconnected -= OnReconnected; }

        async Task<T> ReadAsync()
        {
            try { return await feed.ReadAsync(stopping); }
            catch
            {
                Interlocked.Exchange(ref isBehind, 1);
                throw;
            }
        }

        void OnHeard(T news)
        {
            inbox.Enqueue(news);
            pause.Wake();
        }

        void OnReconnected()
        {
            Interlocked.Exchange(ref isBehind, 1);
            pause.Wake();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The {What} of the leading worker could not be read; it is tried again")]
    private static partial void LogFailed(ILogger logger, string what, Exception? error);
}
