using McpRegistry.Core.Registration;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// One MCP server of the model: a service of the registry. It stands for the service as a whole and runs nothing itself;
/// its running copies are resources of their own beneath it.
/// </summary>
/// <param name="name">The name of the resource.</param>
/// <param name="service">The name of the service in the registry.</param>
/// <param name="kind">What runs it, in a word for people: stdio, project, container, external.</param>
public sealed class McpServerResource(string name, string service, string kind) : Resource(name), IResourceWithWaitSupport
{
    /// <summary>The name of the service in the registry.</summary>
    public string Service { get; } = service;

    /// <summary>What runs it: stdio, project, container or external.</summary>
    public string Kind { get; } = kind;

    /// <summary>The copies that run, in the order of their index; empty for an external server.</summary>
    public IReadOnlyList<IResourceWithEndpoints> Instances => [.. Copies.Select(one => one.Resource)];

    /// <summary>What the registry is told besides the addresses: texts, parameters and expressions by setting.</summary>
    public IDictionary<string, object> Settings { get; } = new SortedDictionary<string, object>(StringComparer.Ordinal);

    /// <summary>The addresses of a server that somebody else runs, as texts or parameters. Empty: the copies have addresses.</summary>
    internal IReadOnlyList<object> ExternalAddresses { get; init; } = [];

    /// <summary>What serves it, where that is a resource of the model in its own right, with a row of its own. Null: this is the row.</summary>
    internal ServerSource? Source { get; init; }

    internal List<IResourceBuilder<IResourceWithEndpoints>> Copies { get; } = [];

    /// <summary>Makes one more copy. Null for an external server.</summary>
    internal Func<string, IResourceBuilder<IResourceWithEndpoints>>? MakeCopy { get; init; }

    /// <summary>What is done to every copy, also to those that are made later.</summary>
    internal List<Action<IResourceBuilder<IResourceWithEndpoints>>> CopySettings { get; } = [];

    /// <summary>The addresses, in the order of their index.</summary>
    internal IEnumerable<object> Addresses =>
        Source is not null ? [Source.Address()] : Copies.Count > 0 ? Copies.Select(one => one.Resource.GetEndpoint("http")) : ExternalAddresses;

    /// <summary>The scheme the addresses are filed under; a reader takes one scheme only.</summary>
    internal string Scheme => Addresses.FirstOrDefault() switch
    {
        EndpointReference endpoint => endpoint.Scheme,
        string url when url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) => "https",
        // What a parameter holds is not known yet; a whole URL is taken under either.
        _ => "http",
    };

    /// <exception cref="DistributedApplicationException">Its copies are not made here, so nothing can be done to them.</exception>
    internal void RefuseWhenNotOurs()
    {
        if (MakeCopy is null) throw new DistributedApplicationException($"'{Name}' is not run by this resource: how often and with which variables is said where it is.");
    }

    internal void RefuseOddName()
    {
        if (!ServiceName.IsValid(Service))
            throw new DistributedApplicationException($"'{Service}' cannot be the name of an MCP server; it must match {ServiceName.Pattern}.");
    }
}

/// <summary>A resource that is an MCP server in its own right.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Address">Its address: an endpoint, a text or a parameter. Asked for late, because endpoints may be added late.</param>
internal sealed record ServerSource(IResource Resource, Func<object> Address);
