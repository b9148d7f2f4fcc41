namespace McpRegistry.Mcp.Resources;

/// <summary>
/// Which service handed out which resource URI in an answer. Such a URI need not stand in any list (MCP 2025-06-18, tools, resource
/// links), yet a client that was given it may read it. Bounded: the longest unused ones go, of the service that has most.
/// </summary>
internal sealed class HandedOutLinks
{
    /// <summary>Links remembered at once.</summary>
    public const int Capacity = 10_000;

    /// <summary>The longest URI that is remembered, in characters.</summary>
    public const int LongestUri = 2_048;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Link>> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedList<Link>> _byService = new(StringComparer.Ordinal);

    /// <summary>Remembers that a service handed it out; what another service said of it before is forgotten.</summary>
    public void Add(string uri, string service)
    {
        if (uri.Length is 0 or > LongestUri) return;
        lock (_lock)
        {
            if (_links.TryGetValue(uri, out var known)) Remove(known);
            else if (_links.Count >= Capacity) Remove(_byService.Values.MaxBy(one => one.Count)!.First!);
            if (!_byService.TryGetValue(service, out var ofService)) _byService[service] = ofService = [];
            _links[uri] = ofService.AddLast(new Link(uri, service));
        }
    }

    /// <summary>The service that handed it out last. Null: none that is remembered.</summary>
    public string? Find(string uri)
    {
        lock (_lock)
        {
            if (!_links.TryGetValue(uri, out var link)) return null;
            var ofService = link.List!;
            ofService.Remove(link);
            ofService.AddLast(link);
            return link.Value.Service;
        }
    }

    private void Remove(LinkedListNode<Link> link)
    {
        _links.Remove(link.Value.Uri);
        link.List!.Remove(link);
        if (_byService[link.Value.Service].Count == 0) _byService.Remove(link.Value.Service);
    }

    private sealed record Link(string Uri, string Service);
}
