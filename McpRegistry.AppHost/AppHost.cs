using McpRegistry.AppHost.McpServers;
using McpRegistry.AppHost.Publishing;
using McpRegistry.AppHost.Stores;

using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);
builder.AddPublishTarget();
builder.WithStdioBridgeProject<Projects.McpRegistry_StdioBridge>("..", "McpRegistry.StdioBridge/Dockerfile");

// What the registry's processes share. Null where neither a container engine nor redis-server is.
var store = builder.AddRegistryStore("redis");

// REST and MCP for clients: one address in front of every server below.
var api = builder.AddMcpRegistryProject<Projects.McpRegistry_Api>("api", port: builder.Configuration.GetValue("port", 5080))
    .WithMcpServers()
    .WithOwnDatabase("../.mcp-registry/apphost.db")
    .WithMachinePort(5080)
    .WithPublishedReplicas(2);

// Probes every server, one worker at a time. Without a store the api does it itself.
if (store is not null)
{
    api.WithRedis(store.Connection).WaitFor(store.Ready)
        .WithHealthWorkerProject<Projects.McpRegistry_HealthWorker>(worker => worker
            .WaitFor(store.Ready)
            .WithOwnDatabase("../.mcp-registry/health-worker/registry.db")
            .WithPublishedReplicas(2), "health-worker");
}

// What is published is added here, programs with an exact version: builder.AddMcpServer("search", "npx", "-y", "@your-scope/search@1.2.3").

// Demos, and what works on files of this machine, stay on this machine. Programs come from the file that people already have, each
// behind a bridge.
if (builder.ExecutionContext.IsRunMode)
{
    builder.AddMcpServers("../mcp-servers.json", "everything", "filesystem");
    builder.AddMcpServer<Projects.McpRegistry_SampleServer>("sample", SampleServer.OverHttp)
        .WithInstances(2)
        .WithTags("sample")
        .Trusted();
}

builder.Build().Run();
