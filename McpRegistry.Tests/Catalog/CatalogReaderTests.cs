using System.Collections.Concurrent;

using McpRegistry.Core.Catalog;
using McpRegistry.Core.Health;
using McpRegistry.Core.Registration;
using McpRegistry.Core.State;
using McpRegistry.Tests.Fakes;

using Microsoft.Extensions.Time.Testing;

namespace McpRegistry.Tests.Catalog;

public sealed class CatalogReaderTests
{
    private readonly FakeInstanceClient _client = new() { Connection = FakeInstanceClient.Legacy("""{"tools":{},"prompts":{},"resources":{}}""") };
    private readonly ConcurrentDictionary<string, string> _answers = new();

    public CatalogReaderTests() =>
        _client.Answer = (request, _) => ValueTask.FromResult(
            _answers.TryGetValue(request.Method + request.Params.String("cursor"u8), out var answer) ? FakeInstanceClient.Result(answer) : FakeInstanceClient.Error(-32601));

    [Fact]
    public async Task All_pages_are_read_and_unknown_members_are_kept()
    {
        _answers["tools/list"] = """{"tools":[{"name":"b","x-new":{"deep":[1]}}],"nextCursor":"2"}""";
        _answers["tools/list2"] = """{"tools":[{"name":"a","annotations":{"idempotentHint":true}}]}""";
        _answers["prompts/list"] = """{"prompts":[]}""";
        _answers["resources/list"] = """{"resources":[{"uri":"x://1","name":"one"}]}""";

        var read = await ReadAsync();

        Assert.Equal(["a", "b"], read!.Tools.Select(tool => tool.Name));
        Assert.Equal("svc__b", read.Tools[1].ExposedName);
        Assert.Contains("\"x-new\":{\"deep\":[1]}", read.Tools[1].Definition.GetRawText(), StringComparison.Ordinal);
        Assert.True(read.Tools[0].ClaimsSafe);
        Assert.False(read.Tools[1].ClaimsSafe);
        Assert.Equal("x://1", Assert.Single(read.Resources).Name);
        Assert.Empty(read.ResourceTemplates);
    }

    [Fact]
    public async Task A_cursor_that_leads_to_itself_ends_the_reading()
    {
        _answers["tools/list"] = """{"tools":[{"name":"a"}],"nextCursor":"x"}""";
        _answers["tools/listx"] = """{"tools":[{"name":"b"}],"nextCursor":"x"}""";

        Assert.Equal(2, (await ReadAsync())!.Tools.Length);
    }

    [Fact]
    public async Task Bad_items_are_left_out_and_the_others_stay()
    {
        _answers["tools/list"] = $$"""{"tools":[{"name":"{{new string('n', 129)}}"},{"name":""},{"title":"none"},7,{"name":"a\u0000b"},{"name":"good"},{"name":"good"}]}""";

        Assert.Equal("good", Assert.Single((await ReadAsync())!.Tools).Name);
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_stays_as_it_was()
    {
        _answers["tools/list"] = """{"tools":[]}""";
        var prompt = new CatalogEntry { Kind = CatalogKind.Prompt, Service = "svc", Name = "old", ExposedName = "svc__old", Definition = default };

        var read = await ReadAsync(new ServiceCatalog { Prompts = [prompt] });

        Assert.Same(prompt, Assert.Single(read!.Prompts));
    }

    [Fact]
    public async Task Without_its_tools_nothing_was_read() => Assert.Null(await ReadAsync());

    private async Task<ServiceCatalog?> ReadAsync(ServiceCatalog? before = null)
    {
        var time = new FakeTimeProvider();
        var load = new InstanceLoad(1, 0);
        var instance = new InstanceState("svc", "1", null, _client, new InstanceHealth(new HealthSettings(), time, new Random(1)), load);
        return await new CatalogReader(time).ReadAsync(instance, before ?? ServiceCatalog.Empty, CancellationToken.None);
    }
}
