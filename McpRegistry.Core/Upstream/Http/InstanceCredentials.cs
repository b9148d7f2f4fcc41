using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>
/// The headers configured for a service, with its key as bearer token, for the origins of its addresses and no other. Secrets are
/// resolved at use and remembered for five minutes at most, so that a rotated one is picked up.
/// </summary>
internal sealed class InstanceCredentials(ServiceRegistration registration, ISecretResolver secrets, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ImmutableSortedSet<string> _origins = SecretOrigins.Of(registration);
    private volatile Resolved? _resolved;
    private volatile Uri? _lastSent;

    /// <summary>Adds them to a request that goes to one of the service's own origins; to any other nothing is added, whatever led there.</summary>
    /// <exception cref="SecretNotFoundException">A reference leads nowhere, or its value cannot be a header.</exception>
    public void AddTo(HttpRequestMessage request)
    {
        if (registration.ApiKey is null && registration.Config.Headers.Count == 0) return;
        if (!IsMeantFor(request.RequestUri!)) return;
        var resolved = _resolved;
        if (resolved is null || time.GetElapsedTime(resolved.At) >= Lifetime) _resolved = resolved = Resolve();
        foreach (var (name, value) in resolved.Headers) request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>The next request resolves anew: the upstream did not take what we had.</summary>
    public void Forget() => _resolved = null;

    // An instance is nearly always sent to at one and the same address.
    private bool IsMeantFor(Uri address)
    {
        if (ReferenceEquals(address, _lastSent)) return true;
        if (!address.IsAbsoluteUri || !_origins.Contains(SecretOrigins.Of(address))) return false;
        _lastSent = address;
        return true;
    }

    private Resolved Resolve()
    {
        var headers = new List<KeyValuePair<string, string>>(registration.Config.Headers.Count + 1);
        foreach (var (name, value) in registration.Config.Headers) headers.Add(new(name, ResolveOne(name, value)));
        var hasOwn = registration.Config.Headers.Keys.Any(name => name.Equals(Authorization, StringComparison.OrdinalIgnoreCase));
        if (registration.ApiKey is { } key && !hasOwn) headers.Add(new(Authorization, "Bearer " + ResolveOne(Authorization, key)));
        return new Resolved([.. headers], time.GetTimestamp());
    }

    private string ResolveOne(string header, string value)
    {
        var resolved = secrets.Resolve(value).Trim();
        // A line break would start another header.
        return HeaderText.IsPlain(resolved) ? resolved : throw new SecretNotFoundException($"The value configured for the header {header} cannot be sent in a header.");
    }

    private const string Authorization = "Authorization";

    private sealed record Resolved(KeyValuePair<string, string>[] Headers, long At);
}
