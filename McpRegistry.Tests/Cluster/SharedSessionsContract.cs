using System.Text;

using McpRegistry.Core.Cluster;

namespace McpRegistry.Tests.Cluster;

/// <summary>What whoever keeps the shared sessions keeps to.</summary>
public abstract class SharedSessionsContract
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private static readonly SharedSession Full = new()
    {
        Id = "aaaaaaaa-1",
        Replica = "aaaaaaaa",
        Service = "files",
        Caller = "Ånn-=",
        ProtocolVersion = "2025-11-25",
        ClientInfo = Encoding.UTF8.GetBytes("""{"name":"größer","version":"1"}"""),
        LogLevel = "warning",
    };

    protected abstract ISharedSessions Sessions { get; }

    [Fact]
    public async Task A_session_is_taken_over_whole()
    {
        await Sessions.SaveAsync(Full, Life, default);
        var taken = (await Sessions.ClaimAsync(Claim(Full, from: "aaaaaaaa", to: "bbbbbbbb"), default))!;
        Assert.Equal(Full with { Replica = "bbbbbbbb" }, taken with { ClientInfo = Full.ClientInfo });
        Assert.Equal(Encoding.UTF8.GetString(Full.ClientInfo.Span), Encoding.UTF8.GetString(taken.ClientInfo.Span));
    }

    [Fact]
    public async Task A_session_that_has_nothing_but_what_it_must_is_taken_over_too()
    {
        var bare = new SharedSession { Id = "aaaaaaaa-2", Replica = "aaaaaaaa", ProtocolVersion = "2024-11-05" };
        await Sessions.SaveAsync(bare, Life, default);
        var taken = (await Sessions.ClaimAsync(Claim(bare, from: "aaaaaaaa", to: "bbbbbbbb"), default))!;
        Assert.Equal((null, null, null, 0), (taken.Service, taken.Caller, taken.LogLevel, taken.ClientInfo.Length));
    }

    [Fact]
    public async Task One_of_many_gets_it_and_the_others_learn_who()
    {
        await Sessions.SaveAsync(Full, Life, default);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Sessions.ClaimAsync(Claim(Full, "aaaaaaaa", $"bbbbbb{i:00}"), default).AsTask()));
        Assert.Single(answers.Select(one => one!.Replica).Distinct());
        Assert.StartsWith("bbbbbb", answers[0]!.Replica, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_caller_or_url_gets_nothing_and_takes_nothing()
    {
        await Sessions.SaveAsync(Full, Life, default);
        var claim = Claim(Full, "aaaaaaaa", "bbbbbbbb");
        Assert.Null(await Sessions.ClaimAsync(claim with { Caller = "bob" }, default));
        Assert.Null(await Sessions.ClaimAsync(claim with { Caller = null }, default));
        Assert.Null(await Sessions.ClaimAsync(claim with { Service = null }, default));
        Assert.Null(await Sessions.ClaimAsync(claim with { Id = "aaaaaaaa-9" }, default));
        Assert.Equal("aaaaaaaa", (await Sessions.ClaimAsync(claim with { From = "cccccccc" }, default))!.Replica);
    }

    [Fact]
    public async Task Whoever_lost_a_session_can_neither_write_nor_touch_it()
    {
        await Sessions.SaveAsync(Full, Life, default);
        await Sessions.ClaimAsync(Claim(Full, "aaaaaaaa", "bbbbbbbb"), default);
        await Sessions.SaveAsync(Full with { LogLevel = "debug" }, Life, default);
        Assert.Equal("warning", (await Sessions.ClaimAsync(Claim(Full, "aaaaaaaa", "cccccccc"), default))!.LogLevel);
        Assert.Equal(SharedSessionState.Taken, Assert.Single(await Sessions.TouchAsync("aaaaaaaa", [(Full.Id, Life)], default)));
        Assert.Equal(SharedSessionState.Own, Assert.Single(await Sessions.TouchAsync("bbbbbbbb", [(Full.Id, Life)], default)));
    }

    [Fact]
    public async Task What_was_removed_is_missing()
    {
        await Sessions.SaveAsync(Full, Life, default);
        await Sessions.RemoveAsync(Full.Id, default);
        Assert.Null(await Sessions.ClaimAsync(Claim(Full, "aaaaaaaa", "bbbbbbbb"), default));
        Assert.Equal(SharedSessionState.Missing, Assert.Single(await Sessions.TouchAsync("aaaaaaaa", [(Full.Id, Life)], default)));
    }

    [Fact]
    public async Task Many_are_touched_in_order()
    {
        var ids = Enumerable.Range(0, 1200).Select(i => $"aaaaaaaa-{i}").ToArray();
        foreach (var id in ids.Where((_, i) => i % 100 == 0)) await Sessions.SaveAsync(Full with { Id = id }, Life, default);
        var states = await Sessions.TouchAsync("aaaaaaaa", [.. ids.Select(id => (id, Life))], default);
        Assert.Equal(ids.Select((_, i) => i % 100 == 0 ? SharedSessionState.Own : SharedSessionState.Missing), states);
    }

    private static SessionClaim Claim(SharedSession session, string from, string to) => new(session.Id, session.Service, session.Caller, from, to, Life);
}
