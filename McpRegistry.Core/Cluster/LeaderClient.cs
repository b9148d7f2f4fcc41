using McpRegistry.Core.Upstream;

namespace McpRegistry.Core.Cluster;

/// <summary>A client that can be ended and be used again: then it connects anew.</summary>
internal sealed class LeaderClient : IInstanceClient
{
    private readonly Func<IInstanceObserver, IInstanceClient> _create;
    private readonly IInstanceObserver _observer;
    private readonly Action<LeaderClient> _disposed;
    private Life _life;

    public LeaderClient(Func<IInstanceObserver, IInstanceClient> create, IInstanceObserver observer, Action<LeaderClient> disposed)
    {
        (_create, _observer, _disposed) = (create, observer, disposed);
        _life = Begin();
    }

    public InstanceConnection? Connection => Current.Connection;

    private IInstanceClient Current => Volatile.Read(ref _life).Client;

    public Task ConnectAsync(CancellationToken cancellationToken) => Current.ConnectAsync(cancellationToken);

    public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken) => Current.SendAsync(request, cancellationToken);

    /// <summary>Ends the connection, or the attempt to make one.</summary>
    public async Task EndAsync()
    {
        var ended = Interlocked.Exchange(ref _life, Begin());
        ended.Ear.IsDeaf = true;
        await ended.Client.DisposeAsync();
    }

    public ValueTask DisposeAsync()
    {
        _disposed(this);
        return Current.DisposeAsync();
    }

    private Life Begin()
    {
        var ear = new Ear(_observer);
        return new Life(_create(ear), ear);
    }

    private sealed record Life(IInstanceClient Client, Ear Ear);

    /// <summary>What an ended client still tells is about a connection that nobody has any more.</summary>
    private sealed class Ear(IInstanceObserver observer) : IInstanceObserver
    {
        private volatile bool _isDeaf;

        public bool IsDeaf { set => _isDeaf = value; }

        public string? RefusalOf(InstanceConnection connection) => observer.RefusalOf(connection);

        public void Connected(InstanceConnection connection)
        {
            if (!_isDeaf) observer.Connected(connection);
        }

        public void Disconnected(string reason)
        {
            if (!_isDeaf) observer.Disconnected(reason);
        }

        public void ListensAgain()
        {
            if (!_isDeaf) observer.ListensAgain();
        }

        public void Subscribed()
        {
            if (!_isDeaf) observer.Subscribed();
        }

        public void Notified(string method, ReadOnlyMemory<byte> message)
        {
            if (!_isDeaf) observer.Notified(method, message);
        }
    }
}
