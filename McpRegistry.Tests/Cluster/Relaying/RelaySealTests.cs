using System.Text;

using McpRegistry.Core.Cluster.Relaying;
using McpRegistry.Core.Sealing;
using McpRegistry.Tests.Cluster.Fakes;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Cluster.Relaying;

/// <summary>The mark by which a replica knows what another one passed on.</summary>
public sealed class RelaySealTests
{
    private const string A = "aaaaaaaa";
    private const string B = "bbbbbbbb";
    private const string C = "cccccccc";
    private static readonly RelayedMessage Message = new("POST", "/mcp/files?x=1", "aaaaaaaa-1");
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0"}""");
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeReplicas _replicas = new();

    [Fact]
    public void A_mark_says_who_passed_on_what_for_whom()
    {
        var mark = Of(A).Make(RelayKind.Session, B, Message, "Ånn", Body);

        Assert.Equal(RelayStanding.Good, Of(B).Judge(mark, Message, out var claims));
        Assert.Equal((RelayKind.Session, A, "Ånn"), (claims!.Kind, claims.From, claims.Caller));
        Assert.True(claims.Covers(Body));
        Assert.False(claims.Covers(Encoding.UTF8.GetBytes("""{"jsonrpc":"2.1"}""")));
        Assert.All(mark, letter => Assert.InRange(letter, '!', '~'));
    }

    [Fact]
    public void Moved_to_another_request_it_is_none()
    {
        var mark = Of(A).Make(RelayKind.Owner, B, Message, null, Body);

        foreach (var other in (RelayedMessage[])[Message with { Method = "DELETE" }, Message with { Target = "/mcp" }, Message with { Target = "/mcp/files" }, Message with { Session = "aaaaaaaa-2" }, Message with { Session = "" }])
            Assert.Equal(RelayStanding.Foreign, Of(B).Judge(mark, other, out _));
    }

    [Fact]
    public void At_another_replica_a_second_time_or_too_late_or_too_early_it_does_nothing()
    {
        var b = Of(B);
        var mark = Of(A).Make(RelayKind.Session, B, Message, null, Body);
        Assert.Equal(RelayStanding.Misdirected, Of(C).Judge(mark, Message, out var claims));
        Assert.Null(claims);
        Assert.Equal(RelayStanding.Good, b.Judge(mark, Message, out _));
        Assert.Equal(RelayStanding.Misused, b.Judge(mark, Message, out claims));
        Assert.Null(claims);

        var late = Of(A).Make(RelayKind.Session, B, Message, null, Body);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(RelayStanding.Misused, b.Judge(late, Message, out _));
        var early = Of(A).Make(RelayKind.Session, B, Message, null, Body);
        var behind = new RelaySeal(_replicas.DirectoryOf(B), new FakeTimeProvider(_time.GetUtcNow() - TimeSpan.FromSeconds(31)), Seals(Key));
        Assert.Equal(RelayStanding.Misused, behind.Judge(early, Message, out _));
        Assert.Equal(RelayStanding.Good, b.Judge(early, Message, out _));
    }

    [Fact]
    public void A_nonce_is_remembered_for_as_long_as_its_mark_could_hold()
    {
        var b = Of(B);
        _time.Advance(TimeSpan.FromSeconds(59));
        var mark = Of(A).Make(RelayKind.Session, B, Message, null, Body);
        Assert.Equal(RelayStanding.Good, b.Judge(mark, Message, out _));

        for (var second = 0; second < 30; second += 5)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(RelayStanding.Misused, b.Judge(mark, Message, out _));
        }
    }

    [Fact]
    public void Every_changed_part_and_every_other_key_makes_it_foreign()
    {
        var mark = Of(A).Make(RelayKind.Session, B, Message, "ann", Body);
        var parts = mark.Split('.');
        for (var at = 0; at < parts.Length; at++)
        {
            var changed = parts.ToArray();
            changed[at] = changed[at] is "session" ? "owner" : changed[at][..^1] + (changed[at][^1] == '1' ? '2' : '1');
            Assert.Equal(RelayStanding.Foreign, Of(B).Judge(string.Join('.', changed), Message, out _));
        }

        Assert.Equal(RelayStanding.Foreign, new RelaySeal(_replicas.DirectoryOf(B), _time, Seals([.. Key.Reverse()])).Judge(mark, Message, out _));
        Assert.Equal(RelayStanding.Foreign, new RelaySeal(_replicas.DirectoryOf(B), _time, new ClusterSeals(Key, "{other}:")).Judge(mark, Message, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("aaaaaaaa")]
    [InlineData("v0.session.aaaaaaaa.bbbbbbbb")]
    [InlineData("v1.session.aaaaaaaa.bbbbbbbb.1795370000000.00.00.-.v1.AAAA")]
    [InlineData("v1.session.aaaaaaaa.bbbbbbbb.x.00.00.-.v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("..........")]
    public void What_no_replica_wrote_is_foreign_where_there_is_a_key(string mark)
    {
        _replicas.Addresses[A] = new Uri("http://127.0.0.1:1");
        Assert.Equal(RelayStanding.Foreign, Of(B).Judge(mark, Message, out var claims));
        Assert.Null(claims);
    }

    [Theory]
    [InlineData("v0.session.aaaaaaaa.bbbbbbbb", true)]
    [InlineData("v0.owner.aaaaaaaa.bbbbbbbb", true)]
    [InlineData("v0.session.cccccccc.bbbbbbbb", false)]
    [InlineData("v0.session.bbbbbbbb.bbbbbbbb", false)]
    [InlineData("v0.session.aaaaaaaa.cccccccc", false)]
    [InlineData("v0.admin.aaaaaaaa.bbbbbbbb", false)]
    [InlineData("aaaaaaaa", false)]
    public void Without_a_key_a_mark_is_believed_of_a_replica_that_is_known_and_brings_nobody_a_name(string mark, bool isGood)
    {
        _replicas.Addresses[A] = new Uri("http://127.0.0.1:1");
        _replicas.Addresses[B] = new Uri("http://127.0.0.1:2");
        var standing = new RelaySeal(_replicas.DirectoryOf(B), _time).Judge(mark, Message, out var claims);
        Assert.Equal(isGood ? RelayStanding.Good : RelayStanding.Foreign, standing);
        Assert.Null(claims?.Caller);
    }

    private RelaySeal Of(string replica) => new(_replicas.DirectoryOf(replica), _time, Seals(Key));

    private static ClusterSeals Seals(byte[] key) => new(key, "{test}:");
}
