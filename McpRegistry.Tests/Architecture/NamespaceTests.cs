using System.Reflection;

using McpRegistry.Core.State;

using NetArchTest.Rules;

namespace McpRegistry.Tests.Architecture;

/// <summary>Which folder of Core may know which, and where foreign libraries may be spoken.</summary>
public sealed class NamespaceTests
{
    private const string CoreRoot = "McpRegistry.Core.";
    private static readonly Assembly Core = typeof(RegistryState).Assembly;
    private static readonly Assembly Api = Assembly.Load("McpRegistry.Api");

    /// <summary>
    /// What each folder of Core may use. State, Catalog and LoadBalancing are one ring (a snapshot holds instances, policy and
    /// catalog; the policy picks an instance, the merged catalog is made of snapshots), Json and Upstream share <c>ProtocolEra</c>.
    /// Everything else points one way: wire format ← instances ← state ← calls.
    /// </summary>
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Diagnostics"] = [],
        ["Buffers"] = [],
        ["Clients"] = [],
        ["Json"] = ["Buffers", "Upstream"],
        ["Registration"] = ["LoadBalancing", "State", "Diagnostics"],
        ["LastKnown"] = ["Catalog", "Cluster", "Json", "Registration", "State", "Storage"],
        ["Sealing"] = ["Diagnostics"],
        ["Storage"] = ["Cluster", "Health", "LoadBalancing", "Registration", "Sealing"],
        ["Cluster"] = ["Calls", "Catalog", "Diagnostics", "Health", "Registration", "Sealing", "State", "Storage", "Upstream"],
        ["Upstream"] = ["Buffers", "Json", "Registration", "Diagnostics"],
        ["LoadBalancing"] = ["State"],
        ["Health"] = ["Catalog", "Diagnostics", "Json", "LoadBalancing", "Registration", "State", "Upstream"],
        ["Catalog"] = ["State", "Json", "Registration", "Upstream", "Diagnostics"],
        ["State"] = ["Catalog", "Clients", "Diagnostics", "Health", "LoadBalancing", "Registration", "Storage", "Upstream"],
        ["Discovery"] = ["Json", "Registration", "State", "Diagnostics", "LoadBalancing"],
        ["Modeling"] = ["Discovery", "LoadBalancing", "Registration"],
        ["Calls"] = ["Catalog", "Clients", "Health", "Json", "LoadBalancing", "Registration", "State", "Upstream", "Diagnostics"],
    };

    public static TheoryData<string> CoreFolders => [.. Directory.GetDirectories(Repository.PathOf("McpRegistry.Core"))
        .Select(path => Path.GetFileName(path)).Where(name => name is not "bin" and not "obj")];

    [Theory]
    [MemberData(nameof(CoreFolders))]
    public void A_folder_of_Core_uses_only_what_its_row_allows(string folder)
    {
        Assert.True(MayUse.TryGetValue(folder, out var allowed), $"Core/{folder} has no row: say in {nameof(MayUse)} what it may use.");
        var forbidden = MayUse.Keys.Except([folder, .. allowed]).Select(name => CoreRoot + name).ToArray();

        var result = Types.InAssembly(Core).That().ResideInNamespace(CoreRoot + folder).ShouldNot().HaveDependencyOnAny(forbidden).GetResult();

        Assert.True(result.IsSuccessful, $"Core/{folder} may use only [{string.Join(", ", allowed)}]; it is not so in: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    [Fact]
    public void Redis_is_spoken_only_in_its_store()
    {
        AssertOnly(Core, "StackExchange.Redis", CoreRoot + "Storage.Redis");
        // What the host hands to it: the options that Aspire's integration read.
        AssertOnly(Api, "StackExchange.Redis", "McpRegistry.Api.Hosting");
    }

    /// <summary>A handler that repeats requests must not come near a call (decision 3).</summary>
    [Fact]
    public void Requests_are_repeated_in_one_place_and_only_documents_are_read_by_it()
    {
        var folder = CoreRoot + "Upstream.Http.Egress";
        string[] home = [$"{folder}.ControlEgress"];

        Assert.Equal(home, UsersOf("Polly"));
        Assert.Equal(home, UsersOf("Microsoft.Extensions.Http.Resilience"));
        Assert.Equal([CoreRoot + "Upstream.PlainHttp.PlainHttpClient"], UsersOf(home[0]).Except(home));

        static string[] UsersOf(string name) => [.. Types.InAssembly(Core).That().HaveDependencyOn(name).GetTypes().Select(type => (type.DeclaringType ?? type).FullName!).Distinct()];
    }

    [Fact]
    public void The_SDK_is_spoken_only_at_the_two_edges()
    {
        AssertOnly(Core, "ModelContextProtocol", CoreRoot + "Upstream");
        AssertOnly(Api, "ModelContextProtocol");
    }

    [Fact]
    public void SQLite_is_spoken_only_in_Storage() => AssertOnly(Core, "Microsoft.Data.Sqlite", CoreRoot + "Storage");

    [Fact]
    public void Types_that_are_not_the_contract_are_internal_or_sealed()
    {
        var open = Core.GetExportedTypes().Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract);

        Assert.Empty(open.Select(type => type.FullName));
    }

    private static void AssertOnly(Assembly assembly, string library, params string[] homes)
    {
        var users = Types.InAssembly(assembly).That().HaveDependencyOn(library).GetTypes().Select(type => type.FullName!);

        Assert.DoesNotContain(users, user => !homes.Any(home => user.StartsWith(home + ".", StringComparison.Ordinal)));
    }
}
