using McpRegistry.Core.Cluster;
using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Cluster;

/// <summary>Where the calls of a service go, by who is known to run it.</summary>
public sealed class PinnedPlacementTests
{
    private static readonly StdioOwner Self = new("me", null);
    private static readonly StdioOwner One = new("one", new Uri("http://127.0.0.1:1"));
    private static readonly StdioOwner Two = new("two", new Uri("http://127.0.0.1:2"));

    private readonly StdioOwners _owners = new();

    [Fact]
    public void Nobody_knows_nothing_and_calls_may_wait()
    {
        Assert.Empty(IdsOf(Pinned()));
        Assert.True(_owners.IsMoving("notes"));
    }

    [Fact]
    public void Who_owns_it_runs_its_children()
    {
        _owners.Move("notes", Self);
        _owners.Settle("notes");

        Assert.Equal(["child-1", "child-2"], IdsOf(Pinned() with { Config = new ServiceConfig { Command = "server", Replicas = 2 } }));
        Assert.False(_owners.IsMoving("notes"));
    }

    [Fact]
    public void Others_reach_the_owner_at_the_address_of_the_service()
    {
        _owners.Move("notes", One);
        _owners.Settle("notes");

        Assert.Equal([("owner-one", new Uri("http://127.0.0.1:1/mcp/notes"))], _owners.InstancesOf(Pinned()).Select(one => (one.Id, one.Address!)));
    }

    [Fact]
    public void While_it_changes_hands_the_old_way_stays_beside_the_new_one()
    {
        _owners.Move("notes", One);
        _owners.Settle("notes");

        _owners.Move("notes", Self);
        Assert.Equal(["child-1", "owner-one"], IdsOf(Pinned()));
        _owners.Settle("notes");
        Assert.Equal(["child-1"], IdsOf(Pinned()));

        _owners.Move("notes", null);
        _owners.Move("notes", Two);
        Assert.Equal(["owner-two", "child-1"], IdsOf(Pinned()));
    }

    [Fact]
    public void The_old_way_is_left_before_the_move_is_over()
    {
        _owners.Move("notes", One);
        _owners.Settle("notes");
        _owners.Move("notes", Two);

        _owners.Leave("notes");

        Assert.Equal(["owner-two"], IdsOf(Pinned()));
        Assert.True(_owners.IsMoving("notes"));
    }

    [Fact]
    public void Copyable_and_http_services_are_nobodys()
    {
        var copyable = Pinned() with { Config = new ServiceConfig { Command = "server", Replicable = true } };
        var http = new ServiceRegistration { Name = "notes", BaseUrl = new Uri("http://127.0.0.1:7/mcp") };

        Assert.Equal(["child-1"], IdsOf(copyable));
        Assert.Equal(["127.0.0.1-7"], IdsOf(http));
    }

    private static ServiceRegistration Pinned() => new() { Name = "notes", Protocol = ServiceProtocol.Stdio, Config = new ServiceConfig { Command = "server" } };

    private IEnumerable<string> IdsOf(ServiceRegistration registration) => _owners.InstancesOf(registration).Select(one => one.Id);
}
