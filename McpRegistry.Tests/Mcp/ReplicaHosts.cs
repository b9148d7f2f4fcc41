using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Claims;

using McpRegistry.Core.Cluster;
using McpRegistry.Core.LoadBalancing;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Sealing;
using McpRegistry.Core.Storage;
using McpRegistry.Core.Upstream.Http;
using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Cluster.Fakes;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.Tests.Mcp;

/// <summary>Several MCP faces in one process that share what replicas share.</summary>
/// <param name="redis">The Redis they share it by. Null: fakes stand for it.</param>
internal sealed class ReplicaHosts(string? redis = null) : IAsyncDisposable
{
    private readonly List<ReplicaHost> _hosts = [];

    public FakeReplicas Replicas { get; } = new();

    public FakeSharedSessions Shared { get; } = new();

    /// <summary>The seals of the key that all of them have.</summary>
    public static ClusterSeals Seals { get; } = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)], "{test}:");

    public async Task<ReplicaHost> AddAsync(TimeSpan? sessionIdle = null)
    {
        var requests = new HeldRequests();
        var replica = ReplicaId.New();
        var host = await McpTestHost.StartAsync(
            mcp =>
            {
                if (sessionIdle is { } idle) mcp.SessionIdle = idle;
                mcp.ProgressInterval = TimeSpan.Zero;
                mcp.ChangeDelay = TimeSpan.FromMilliseconds(1);
            },
            services =>
            {
                services.AddHttpUpstream();
                services.AddSingleton<IStartupFilter>(requests);
                if (redis is null) AddFakes(services, replica);
                else AddRedis(services);
            },
            settings => settings["ConnectionStrings:redis"] = redis ?? "stands for one");
        Replicas.Addresses[replica] = host.Http.BaseAddress!;
        var added = new ReplicaHost(host, requests);
        _hosts.Add(added);
        return added;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
    }

    private void AddFakes(IServiceCollection services, string replica)
    {
        services.AddSingleton<ISharedSessions>(Shared);
        services.AddSingleton(Replicas.DirectoryOf(replica));
        services.AddSingleton(Seals);
    }

    private static void AddRedis(IServiceCollection services)
    {
        var defaults = new ConfigurationBuilder().Build();
        services.AddLoadBalancing();
        services.AddRegistration();
        services.AddRedisStore(defaults);
        services.AddReplicas();
    }
}

/// <summary>One of them.</summary>
internal sealed class ReplicaHost(McpTestHost mcp, HeldRequests requests) : IAsyncDisposable
{
    public string Id { get; } = mcp.Get<IReplicaDirectory>().Self;

    public McpTestHost Mcp => mcp;

    public HeldRequests Requests => requests;

    /// <summary>Ends it as <c>kill -9</c> would: new connections are refused, and then all others break.</summary>
    public async Task KillAsync()
    {
        var address = mcp.Http.BaseAddress!;
        var stopping = mcp.StopAsync();
        await Eventually.TrueAsync(() => Refuses(address), McpTestHost.Timeout, "new connections are refused");
        requests.AbortAll();
        await stopping.WaitAsync(McpTestHost.Timeout);
    }

    public ValueTask DisposeAsync() => mcp.DisposeAsync();

    private static bool Refuses(Uri address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(address.Host, address.Port);
            return false;
        }
        catch (SocketException) { return true; }
    }
}

/// <summary>Knows the requests that a server is working on, who sent those so far, and who the caller says he is.</summary>
internal sealed class HeldRequests : IStartupFilter
{
    private readonly ConcurrentDictionary<HttpContext, bool> _held = new();
    private readonly TaskCompletionSource _dead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Method and relaying replica of each request so far.</summary>
    public ConcurrentQueue<(string Method, string? RelayedBy)> Seen { get; } = new();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (http, handle) =>
        {
            // v1.session.01234567.…
            Seen.Enqueue((http.Request.Method, http.Request.Headers["Mcp-Registry-Relay"] is [{ } mark] && mark.Split('.') is [_, _, var from, ..] ? from : null));
            if ((string?)http.Request.Headers["X-Test-Caller"] is { } caller)
                http.Features.Set<IHttpAuthenticationFeature>(new Signed { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, caller)], "test")) });
            _held[http] = true;
            try { await handle(http); }
            finally { _held.TryRemove(http, out _); }
        });
        next(app);
    };

    /// <summary>Waits for <see cref="AbortAll"/>: what a call does that never ends.</summary>
    public Task UntilDeadAsync() => _dead.Task.WaitAsync(McpTestHost.Timeout);

    public void AbortAll()
    {
        foreach (var http in _held.Keys) http.Abort();
        // Only then: a call that ends before its connection is cut would be answered.
        _dead.TrySetResult();
    }

    private sealed class Signed : IHttpAuthenticationFeature
    {
        public ClaimsPrincipal? User { get; set; }
    }
}
