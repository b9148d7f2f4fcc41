using McpRegistry.Core.Cluster;

namespace McpRegistry.Tests.Cluster;

public sealed class LineageTests
{
    [Fact]
    public void Data_include_what_they_grew_from_and_nothing_newer()
    {
        var known = new SharedPosition(1, "a", 50);

        Assert.True(Lineage.Includes(known with { Version = 51 }, known));
        Assert.True(Lineage.Includes(known, known));
        Assert.False(Lineage.Includes(known with { Version = 49 }, known));
        Assert.False(Lineage.Includes(new SharedPosition(2, "b", 99), known));
    }

    [Fact]
    public void A_generation_includes_those_it_was_made_from_as_far_as_they_were_known()
    {
        var first = new SharedPosition(1, "a", 50);
        var second = new SharedPosition(2, "b", 51, Lineage.Of(first));
        var third = new SharedPosition(3, "c", 60, Lineage.Of(second with { Version = 55 }, first with { Version = 52 }));

        Assert.Equal("a=50", second.Covers);
        Assert.Equal("b=55,a=52", third.Covers);
        Assert.True(Lineage.Includes(third, first with { Version = 52 }));
        Assert.False(Lineage.Includes(third, first with { Version = 53 }));
        Assert.False(Lineage.Includes(third, second with { Version = 56 }));
        Assert.True(Lineage.Includes(third, third));
    }

    [Fact]
    public void It_does_not_grow_for_ever_and_survives_what_it_cannot_read()
    {
        var position = new SharedPosition(0, "g0", 1);
        for (var i = 1; i < 100; i++) position = new SharedPosition(i, $"g{i}", i, Lineage.Of(position));

        Assert.Equal(16, position.Covers.Split(',').Length);
        Assert.True(Lineage.Includes(position, new SharedPosition(98, "g98", 98)));
        Assert.False(Lineage.Includes(position with { Covers = "g98,=,g98=x,," }, new SharedPosition(98, "g98", 98)));
    }
}
