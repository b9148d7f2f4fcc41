using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using McpRegistry.Api.Json;
using McpRegistry.Api.Services;
using McpRegistry.Api.Tools;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Introduction;
using McpRegistry.Core.Cluster;
using McpRegistry.Core.State;
using McpRegistry.Core.Upstream;
using McpRegistry.Mcp;
using McpRegistry.Mcp.OwnTools;
using McpRegistry.Tests.Catalog.Definitions;
using McpRegistry.Tests.Mcp;

using Microsoft.Extensions.Options;

namespace McpRegistry.Tests.Acceptance.UpstreamData;

/// <summary>A registry in which one service is odd and two are well, one before and one behind it in every list.</summary>
internal sealed class Neighbours
{
    private const string Odd = "odd";
    private static readonly string[] Healthy = ["first", "zlast"];
    private static readonly CatalogKind[] Kinds = Enum.GetValues<CatalogKind>();
    private static readonly JsonDocumentOptions AsStrictAsAnySdk = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    private readonly RegistryState _state = new();
    private readonly ListAnswers _lists = new(Options.Create(new McpOptions()));

    public Neighbours()
    {
        foreach (var name in Healthy)
        {
            _state.Put(FakeServices.Service(name, FakeServices.Catalog(name, "read", "write") with
            {
                Prompts = [FakeServices.Prompt(name, "sum")],
                Resources = [FakeServices.Resource(name, $"{name}://docs")],
                ResourceTemplates = [FakeServices.Template(name, name + "://{id}")],
                Instructions = "Ask " + name,
            }));
        }
    }

    /// <summary>The odd service offers this now.</summary>
    public void Put(ServiceCatalog catalog)
    {
        var before = _state.Current.Services.GetValueOrDefault(Odd)?.Catalog ?? ServiceCatalog.Empty;
        _ = CatalogDifference.Between(before, catalog);
        _state.Put(FakeServices.Service(Odd, catalog));
    }

    public ServiceCatalog OfOdd => _state.Current.Services.GetValueOrDefault(Odd)?.Catalog ?? ServiceCatalog.Empty;

    /// <summary>
    /// All that is shown of a kind of list has the entries of the two that are well, and nothing in it is against MCP's schema. The
    /// eras take turns, and the odd service's own list has its turn less often, since a million of these are looked at.
    /// </summary>
    public void AssertWell(CatalogKind kind, int turn)
    {
        var era = turn % 2 == 0 ? ProtocolEra.Legacy : ProtocolEra.Modern;
        AssertList(new McpScope(_state.Current, null), kind, era, isWhole: true);
        if (turn % 8 < 2) AssertList(new McpScope(_state.Current, _state.Current.Services[Odd]), kind, era, isWhole: false);
        if (kind == CatalogKind.ResourceTemplate) _ = _state.Current.Catalog.FindResource("odd://1");
        if (kind == CatalogKind.Tool) AssertTools();
    }

    /// <summary>The same of all lists in both eras, how the gateway introduces itself, and the list of services.</summary>
    public void AssertWell()
    {
        foreach (var kind in Kinds)
            for (var turn = 0; turn < 2; turn++) AssertWell(kind, turn);
        _ = SharedCatalogHash.Of(OfOdd);
        AssertIntroduced();
        Assert.Equal(3, Parse(ServiceJson.ListOf([.. _state.Current.Services.Values]).Span).GetProperty("services").GetArrayLength());
    }

    /// <summary>What a service says of itself reaches the clients of that service, and of all nobody else's words do.</summary>
    public void AssertIntroduced()
    {
        foreach (var scope in (McpScope[])[new(_state.Current, null), new(_state.Current, _state.Current.Services[Odd])])
        {
            var introduction = new ServerIntroduction(Options.Create(new McpOptions()));
            var introduced = Parse(introduction.Initialize(scope, "2025-11-25").Span);
            if (scope.IsWhole) Assert.Equal(MergedInstructions.Own, introduced.GetProperty("instructions").GetString());
            Parse(introduction.Discover(scope).Span);
        }
    }

    private void AssertList(McpScope scope, CatalogKind kind, ProtocolEra era, bool isWhole)
    {
        var answer = Parse([.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"u8, .. _lists.Of(scope, kind, era).Span, (byte)'}']).GetProperty("result");
        var (member, key) = kind switch
        {
            CatalogKind.Tool => ("tools", "name"),
            CatalogKind.Prompt => ("prompts", "name"),
            CatalogKind.Resource => ("resources", "uri"),
            _ => ("resourceTemplates", "uriTemplate"),
        };
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in answer.GetProperty(member).EnumerateArray())
        {
            var fault = McpSchemaCheck.FaultOf(kind, item, era == ProtocolEra.Legacy);
            Assert.True(fault is null, $"{fault} in {item.GetRawText()}");
            Assert.True(names.Add(item.GetProperty(key).GetString()!), "A name stands twice.");
        }
        if (isWhole) Assert.All(EntriesOf(kind).Where(one => one.Service != Odd), entry => Assert.Contains(entry.ExposedName, names));
    }

    private void AssertTools()
    {
        var catalog = _state.Current.Catalog;
        var rest = Parse(JsonSerializer.SerializeToUtf8Bytes(new ToolListModel([.. catalog.Tools.Select(ToolDefinition.Of)], []), RestJson.Default.ToolListModel));
        Assert.Equal(catalog.Tools.Length, rest.GetProperty("tools").GetArrayLength());
        var listed = Parse(ToolResult.Of(writer => ToolSummary.WriteAll(writer, catalog.Tools))).GetProperty("structuredContent").GetProperty("tools");
        Assert.Equal(catalog.Tools.Length, listed.GetArrayLength());
        Assert.Equal(["first__write", "zlast__write"], ToolIndex.Of(catalog).Search("write", 1000).Select(tool => tool.ExposedName).Where(name => !name.StartsWith(Odd, StringComparison.Ordinal)));
        foreach (var tool in OfOdd.Tools)
        {
            _ = RouteFacts.Of(tool);
            _ = tool.HeaderParameters;
            Parse(ToolResult.Of(writer =>
            {
                writer.WritePropertyName("definition"u8);
                writer.WriteRawValue(Encoding.UTF8.GetBytes(tool.Definition.GetRawText()));
            }));
        }
    }

    private ImmutableArray<CatalogEntry> EntriesOf(CatalogKind kind) => kind switch
    {
        CatalogKind.Tool => _state.Current.Catalog.Tools,
        CatalogKind.Prompt => _state.Current.Catalog.Prompts,
        CatalogKind.Resource => _state.Current.Catalog.Resources,
        _ => _state.Current.Catalog.ResourceTemplates,
    };

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        Assert.True(System.Text.Unicode.Utf8.IsValid(json));
        return JsonElement.Parse(json, AsStrictAsAnySdk);
    }
}
