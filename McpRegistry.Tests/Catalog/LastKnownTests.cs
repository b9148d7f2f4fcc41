using McpRegistry.Core.Catalog;
using McpRegistry.Core.LastKnown;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;
using McpRegistry.Tests.Fakes;
using McpRegistry.Tests.State;
using McpRegistry.Tests.Storage;

using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.Tests.Catalog;

public sealed class LastKnownTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SteppedClock _time = new(DateTimeOffset.UnixEpoch);

    private string Path => System.IO.Path.Combine(_folder.Path, "registry.last-known.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lists_of_an_earlier_life_are_there_before_any_instance_is()
    {
        await LiveOnceAsync(Registered());
        await using var next = await StartAsync();

        next.Live.Put(Registered());

        var service = next.State.Current.Services["svc"];
        Assert.Equal(("t", "p"), (Assert.Single(service.Catalog.Tools).Name, Assert.Single(service.Catalog.Prompts).Name));
        Assert.Equal(("Hello.", true), (service.Catalog.Instructions, service.Catalog.HasLogging));
        Assert.Equal(4, service.Catalog.Unread.Length);
        Assert.Equal((ServiceCondition.Degraded, "Its lists are those of the last start until they are read."), (service.Condition, service.Reason));
        Assert.Equal("svc", Assert.Single(next.State.Current.Catalog.Degraded));
        Assert.NotNull(next.State.Current.Catalog.FindTool("svc__t"));
    }

    [Fact]
    public async Task A_service_of_an_earlier_life_that_cannot_be_reached_is_unavailable_and_one_without_lists_is_starting()
    {
        await LiveOnceAsync(Registered());
        await using var next = await StartAsync();
        next.Live.Put(Registered());
        next.Live.Put(Registered() with { Name = "new" });

        next.State.RefreshCondition("svc");
        Assert.Equal(ServiceCondition.Degraded, next.State.Current.Services["svc"].Condition);
        next.State.RefreshCondition("svc", "connection refused");

        Assert.Equal((ServiceCondition.Unavailable, "connection refused"), (next.State.Current.Services["svc"].Condition, next.State.Current.Services["svc"].Reason));
        Assert.Equal((ServiceCondition.Starting, null), (next.State.Current.Services["new"].Condition, next.State.Current.Services["new"].Reason));
    }

    [Fact]
    public async Task Another_server_of_the_same_name_does_not_show_what_the_first_had()
    {
        await LiveOnceAsync(Registered());
        await using var next = await StartAsync();

        next.Live.Put(Registered("http://127.0.0.1:2/mcp"));

        Assert.Empty(next.State.Current.Services["svc"].Catalog.Tools);
    }

    [Fact]
    public async Task A_registration_that_becomes_another_server_shows_nothing_of_the_first()
    {
        await using var life = await StartAsync();
        life.Live.Put(Registered());
        Read(life.State);

        life.Live.Put(Registered() with { Tags = ["new"] });
        Assert.Single(life.State.Current.Services["svc"].Catalog.Tools);
        Assert.Empty(life.State.Current.Services["svc"].Catalog.Unread);

        life.Live.Put(Registered() with { Config = new ServiceConfig { Headers = Registered().Config.Headers.Add("X-Team", "docs") } });
        Assert.Single(life.State.Current.Services["svc"].Catalog.Tools);
        Assert.Equal(4, life.State.Current.Services["svc"].Catalog.Unread.Length);

        life.Live.Put(Registered("http://127.0.0.1:2/mcp"));
        Assert.Empty(life.State.Current.Services["svc"].Catalog.Tools);
    }

    [Fact]
    public async Task What_is_registered_no_more_is_forgotten()
    {
        await LiveOnceAsync(Registered());
        await using (var next = await StartAsync())
        {
            next.Live.Put(Registered());
            next.Live.Drop("svc", RegistrationOrigin.Api);
        }

        using var file = new LastKnownFile(Path, TimeSpan.FromSeconds(5));
        Assert.Empty(file.Read(out _));
    }

    [Fact]
    public async Task What_nobody_registers_in_the_next_life_is_forgotten_after_a_while()
    {
        await LiveOnceAsync(Registered());
        await using var next = await StartAsync();

        using var file = new LastKnownFile(Path, TimeSpan.FromSeconds(5));
        Assert.Single(file.Read(out _));
        await _time.UntilAsync(() => file.Read(out _).IsEmpty, "it is forgotten", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_damaged_row_or_file_is_no_more_than_nothing_remembered()
    {
        await LiveOnceAsync(Registered());
        using (var file = new LastKnownFile(Path, TimeSpan.FromSeconds(5)))
            file.Write([new LastKnownRow("svc", ServerIdentity.Of(Registered()), "{\"tools\":[{\"na"u8.ToArray())], []);
        await using (var next = await StartAsync())
        {
            next.Live.Put(Registered());
            Assert.Empty(next.State.Current.Services["svc"].Catalog.Tools);
        }

        await File.WriteAllTextAsync(Path, new string('x', 10_000));
        await LiveOnceAsync(Registered());
        await using var last = await StartAsync();
        last.Live.Put(Registered());
        Assert.Single(last.State.Current.Services["svc"].Catalog.Tools);
    }

    [Fact]
    public async Task The_file_is_its_owners_alone_and_holds_no_secret()
    {
        await LiveOnceAsync(Registered("http://127.0.0.1:1/mcp?key=canary-1") with { ApiKey = "canary-2", Config = new ServiceConfig { Headers = Registered().Config.Headers.Add("X-Key", "canary-3") } });

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        foreach (var file in Directory.GetFiles(_folder.Path)) Assert.DoesNotContain("canary", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_can_be_remembered_is_not_remembered_in_part()
    {
        var tools = Enumerable.Range(0, 50).Select(number => Entry(CatalogKind.Tool, $"t{number}", new string('d', 200_000)));

        Assert.Null(LastKnownContent.Write(new ServiceCatalog { Tools = [.. tools] }));
    }

    [Fact]
    public void An_address_found_by_service_discovery_may_move()
    {
        var found = Registered() with { Origin = RegistrationOrigin.Discovery };

        Assert.Equal(ServerIdentity.Of(found), ServerIdentity.Of(found with { BaseUrl = new Uri("http://127.0.0.1:2/mcp") }));
        Assert.NotEqual(ServerIdentity.Of(found), ServerIdentity.Of(found with { BaseUrl = new Uri("http://127.0.0.1:1/other") }));
    }

    private static ServiceRegistration Registered(string url = "http://127.0.0.1:1/mcp") => new() { Name = "svc", BaseUrl = new Uri(url) };

    private static CatalogEntry Entry(CatalogKind kind, string name, string description = "d")
    {
        var json = $$$"""{"name":"{{{name}}}","description":"{{{description}}}","inputSchema":{"type":"object"}}""";
        return CatalogListShape.Of(kind).Read("svc", System.Text.Json.JsonElement.Parse(json)).Entry!;
    }

    private static void Read(RegistryState state) => state.Update(
        "svc",
        before => before! with
        {
            Catalog = new ServiceCatalog { Tools = [Entry(CatalogKind.Tool, "t")], Prompts = [Entry(CatalogKind.Prompt, "p")], Instructions = "Hello.", HasLogging = true },
        },
        (_, _) => new RegistryChange(RegistryChangeKind.CatalogChanged, "svc", 0, CatalogLists.Tools));

    private async Task LiveOnceAsync(ServiceRegistration registration)
    {
        await using var life = await StartAsync();
        life.Live.Put(registration);
        Read(life.State);
    }

    private async Task<Life> StartAsync()
    {
        var state = new RegistryState();
        var known = new LastKnownCatalogs(state, new RegistryFreshness(_time), new LastKnownFile(Path, TimeSpan.FromSeconds(5)), _time, NullLogger<LastKnownCatalogs>.Instance);
        await known.StartAsync(CancellationToken.None);
        return new Life(state, LiveRegistry.Create(state, _time, lastKnown: known, areConnected: false), known);
    }

    private sealed record Life(RegistryState State, LiveRegistrations Live, LastKnownCatalogs Known) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Known.StopAsync(CancellationToken.None);
            Known.Dispose();
            Live.Dispose();
        }
    }
}
