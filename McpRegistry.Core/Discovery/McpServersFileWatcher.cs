using System.Threading.Channels;

namespace McpRegistry.Core.Discovery;

/// <summary>Tells that the file may have changed: by watching its folders, and by looking now and then.</summary>
internal sealed class McpServersFileWatcher : IDisposable
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly McpServersFileLocation _location;
    private readonly DiscoveryOptions _options;
    private readonly TimeProvider _time;
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly ITimer _poll;
    private McpServersFileStamp _seen;

    public McpServersFileWatcher(McpServersFileLocation location, DiscoveryOptions options, TimeProvider time)
    {
        _location = location;
        _options = options;
        _time = time;
        _seen = location.Stamp();
        foreach (var path in location.Candidates) Watch(path);
        _poll = time.CreateTimer(_ => Look(), null, options.PollInterval, options.PollInterval);
    }

    /// <summary>Waits for a change and then until the file has been quiet for a moment: editors save in several steps.</summary>
    public async Task WaitForChangeAsync(CancellationToken cancellationToken)
    {
        await _changes.Reader.ReadAsync(cancellationToken);
        do
        {
            await Task.Delay(_options.Debounce, _time, cancellationToken);
        }
        while (_changes.Reader.TryRead(out _));
    }

    public void Dispose()
    {
        _poll.Dispose();
        foreach (var watcher in _watchers) watcher.Dispose();
    }

    private void Watch(string path)
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            _watchers.Add(watcher);
            watcher.Changed += (_, _) => Signal();
            watcher.Created += (_, _) => Signal();
            watcher.Deleted += (_, _) => Signal();
            watcher.Renamed += (_, _) => Signal();
            watcher.Error += (_, _) => Signal();
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception unwatchable) when (unwatchable is ArgumentException or IOException or UnauthorizedAccessException)
        {
            // No such folder, or no watches left on this machine: looking now and then is what remains.
        }
    }

    private void Look()
    {
        var now = _location.Stamp();
        if (now == _seen) return;
        _seen = now;
        Signal();
    }

    private void Signal() => _changes.Writer.TryWrite(true);
}
