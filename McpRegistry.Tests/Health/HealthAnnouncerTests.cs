using McpRegistry.Core.Health;
using McpRegistry.Core.State;

using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Health;

public sealed class HealthAnnouncerTests
{
    [Fact]
    public void A_change_for_which_there_is_no_reason_is_told_without_one()
    {
        var log = new FakeLogger<HealthAnnouncer>();
        var announcer = new HealthAnnouncer(new RegistryState(), new HealthHarness.CatalogProbe(), Options.Create(new HealthMonitorOptions()), log);

        announcer.AnnounceChange(Instances.Create(), HealthChange.Recovered);

        Assert.Equal("alpha/one: Recovered", log.LatestRecord.Message);
        Assert.Equal(["Change", "Instance", "Service"], log.LatestRecord.StructuredState!.Select(one => one.Key).Where(one => one != "{OriginalFormat}").Order());
    }
}
