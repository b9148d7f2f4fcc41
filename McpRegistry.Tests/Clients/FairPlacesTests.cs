using System.Net;

using McpRegistry.Core.Clients;

namespace McpRegistry.Tests.Clients;

public sealed class FairPlacesTests
{
    private static readonly ClientKey Hostile = ClientKey.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly ClientKey Other = ClientKey.Of(IPAddress.Parse("192.0.2.2"));

    [Fact]
    public void One_client_alone_may_have_all_and_no_more()
    {
        var places = new FairPlaces(3);

        Assert.All(Enumerable.Range(0, 3), _ => Assert.NotNull(places.TryEnter(Hostile, Fail)));
        Assert.Null(places.TryEnter(Hostile, Fail));

        static void Fail() => Assert.Fail("nobody else came");
    }

    [Fact]
    public void Who_has_fewer_takes_the_oldest_of_who_has_the_most_until_they_have_as_many()
    {
        var places = new FairPlaces(4);
        var left = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            var number = i;
            places.TryEnter(Hostile, () => left.Add(number));
        }

        Assert.NotNull(places.TryEnter(Other, () => left.Add(100)));
        Assert.NotNull(places.TryEnter(Other, () => left.Add(101)));
        Assert.Null(places.TryEnter(Other, () => { }));
        Assert.Null(places.TryEnter(Hostile, () => { }));

        Assert.Equal([0, 1], left);
        Assert.Equal(4, places.Count);
    }

    [Fact]
    public void A_place_is_given_back_once()
    {
        var places = new FairPlaces(2);
        var first = places.TryEnter(Hostile, () => { })!;
        var second = places.TryEnter(Hostile, () => { })!;
        var third = places.TryEnter(Other, () => { });
        Assert.NotNull(third);

        // It was displaced already.
        first.Dispose();
        Assert.Equal(2, places.Count);
        second.Dispose();
        second.Dispose();
        Assert.Equal(1, places.Count);
    }
}
