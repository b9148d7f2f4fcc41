using System.Text.Json;

using McpRegistry.Core.Catalog;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Catalog.Definitions;
using McpRegistry.Tests.Mcp;

using ModelContextProtocol.Client;

namespace McpRegistry.Tests.Acceptance;

/// <summary>Official clients read the lists of a gateway that has one service with every odd definition that we know of.</summary>
[Trait("Category", "Acceptance")]
public sealed class OddListsTests : IAsyncLifetime
{
    // SDKs start slowly on a machine that does other things beside.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ServiceCatalog _odd = OddDefinitions.Catalog();
    private McpTestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await McpTestHost.StartAsync();
        _host.State.Put(FakeServices.Service("odd", _odd));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [NodeTheory]
    [InlineData("sdk", "default", "/mcp", "2025-11-25")]
    [InlineData("client", "default", "/mcp", "2025-11-25")]
    [InlineData("client", "auto", "/mcp", "2026-07-28")]
    [InlineData("sdk", "default", "/mcp/odd", "2025-11-25")]
    [InlineData("client", "auto", "/mcp/odd", "2026-07-28")]
    public async Task The_TypeScript_SDK_takes_the_lists_with_one_odd_service_among_them(string client, string mode, string path, string revision)
    {
        await Npm.EnsureInstalledAsync();

        var output = await RunningProcess.RunAsync(
            Npm.Node, [Path.Combine(Npm.Folder, "clients", "lists.mjs"), "--client", client, "--mode", mode, "--url", new Uri(_host.Http.BaseAddress!, path).AbsoluteUri], within: Patience);

        var lists = JsonElement.Parse(output);
        Assert.Equal(revision, lists.GetProperty("revision").GetString());
        AssertLists(path == "/mcp", kind => [.. lists.GetProperty(kind).EnumerateArray().Select(name => name.GetString()!)]);
    }

    [Theory]
    [InlineData("/mcp", null)]
    [InlineData("/mcp", "2025-11-25")]
    [InlineData("/mcp", "2025-06-18")]
    [InlineData("/mcp", "2025-03-26")]
    [InlineData("/mcp/odd", null)]
    [InlineData("/mcp/odd", "2025-11-25")]
    public async Task The_Csharp_SDK_takes_the_lists_with_one_odd_service_among_them(string path, string? revision)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(_host.Http.BaseAddress!, path), TransportMode = HttpTransportMode.StreamableHttp });
        await using var client = await McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = revision }).WaitAsync(Patience);

        var lists = new Dictionary<string, string[]>
        {
            ["tools"] = [.. (await client.ListToolsAsync()).Select(one => one.Name)],
            ["prompts"] = [.. (await client.ListPromptsAsync()).Select(one => one.Name)],
            ["resources"] = [.. (await client.ListResourcesAsync()).Select(one => one.Uri)],
            ["resourceTemplates"] = [.. (await client.ListResourceTemplatesAsync()).Select(one => one.UriTemplate)],
        };

        AssertLists(path == "/mcp", kind => lists[kind]);
    }

    private void AssertLists(bool isWhole, Func<string, string[]> names)
    {
        if (isWhole) Assert.Empty(((string[])["files__read", "files__write", "search_tools"]).Except(names("tools")));
        Assert.Empty(Shown(_odd.Tools, isWhole).Except(names("tools")));
        Assert.Equal(Shown(_odd.Prompts, isWhole), names("prompts"));
        Assert.Equal(Shown(_odd.Resources, isWhole), names("resources"));
        Assert.Equal(Shown(_odd.ResourceTemplates, isWhole), names("resourceTemplates"));
    }

    private static string[] Shown(IEnumerable<CatalogEntry> entries, bool isWhole) => [.. entries.Select(one => isWhole ? one.ExposedName : one.Name)];
}
