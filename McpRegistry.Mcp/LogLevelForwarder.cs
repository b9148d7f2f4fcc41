using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;

namespace McpRegistry.Mcp;

/// <summary>
/// Tells legacy instances from which level on to log. Their sessions are shared by all clients, so the most talkative wish goes
/// upstream; what the others do not want is held back here. A level belongs to a connection: each instance is told, and told again
/// after it shook hands anew.
/// </summary>
internal sealed partial class LogLevelForwarder(
    RegistryState state, LegacySessions sessions, IUpstreamNotificationFeed feed, TimeProvider time, ILogger<LogLevelForwarder> log) : BackgroundService
{
    /// <summary>How long an instance may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ConditionalWeakTable<InstanceConnection, Told> _told = [];

    /// <summary>What is wanted may have changed. Returns at once; no client waits for it.</summary>
    public void LookAgain() => _wake.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Connected += Connected;
        sessions.Ended += Ended;
        try
        {
            await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken)) TellAll(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally
        {
            feed.Connected -= Connected;
            sessions.Ended -= Ended;
        }
    }

    private void Connected(string service) => LookAgain();

    private void Ended(LegacySession session)
    {
        if (session.LogRank is not null) LookAgain();
    }

    private void TellAll(CancellationToken stopping)
    {
        try
        {
            var wanted = LogWishes.Of(sessions.All);
            foreach (var service in state.Current.Services.Values)
                foreach (var instance in service.Instances)
                    if (instance.Client.Connection is { Era: ProtocolEra.Legacy } connection && connection.Has("logging"))
                        TellWhereNew(instance, _told.GetValue(connection, _ => new Told()), wanted.RankFor(service.Name), stopping);
        }
        catch (Exception bug) { LogBug(log, bug); }
    }

    private void TellWhereNew(InstanceState instance, Told told, int? wanted, CancellationToken stopping)
    {
        // Where nobody ever wanted anything the server's own default stays; there is no way back to it, so afterwards the quietest level is it.
        if (wanted is null && told.Rank is null) return;
        var rank = wanted ?? McpLogLevels.Quietest;
        if (told.TryBegin(rank)) _ = TellAsync(instance, told, rank, stopping);
    }

    private async Task TellAsync(InstanceState instance, Told told, int rank, CancellationToken stopping)
    {
        var isTold = false;
        try
        {
            byte[] level = [.. "{\"level\":\""u8, .. Encoding.ASCII.GetBytes(McpLogLevels.NameOf(rank)), .. "\"}"u8];
            using var patience = new CancellationTokenSource(Patience, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
            using var reply = await instance.Client.SendAsync(new UpstreamRequest { Method = "logging/setLevel", Params = RequestParams.Parse(level), IsOfRegistry = true }, linked.Token);
            // An instance that refuses has been told; it would refuse again.
            isTold = reply.Outcome == UpstreamOutcome.Answered;
            if (!isTold || reply.IsError) LogNotTold(log, instance.ServiceName, instance.InstanceId);
        }
        catch (Exception bug) { LogBug(log, bug); }
        if (told.End(isTold ? rank : null)) LookAgain();
    }

    /// <summary>What a connection was told last.</summary>
    private sealed class Told
    {
        private readonly Lock _lock = new();
        private int? _rank;
        private bool _isTelling;
        private bool _isOld;

        public int? Rank
        {
            get { lock (_lock) return _rank; }
        }

        /// <summary>True when the rank is news for it. One telling at a time: two could arrive the wrong way round.</summary>
        public bool TryBegin(int rank)
        {
            lock (_lock)
            {
                if (_isTelling) _isOld = true;
                if (_isTelling || _rank == rank) return false;
                return _isTelling = true;
            }
        }

        /// <summary>Notes the end of a telling.</summary>
        /// <param name="rank">What it was told. Null: it did not hear.</param>
        /// <returns>True when something may have changed meanwhile.</returns>
        public bool End(int? rank)
        {
            lock (_lock)
            {
                _rank = rank ?? _rank;
                _isTelling = false;
                var isOld = _isOld;
                _isOld = false;
                return isOld;
            }
        }
    }
}
