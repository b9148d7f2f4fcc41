var builder = DistributedApplication.CreateBuilder(args);

// An application as it was: a project that serves MCP, and one that wants to call tools.
var weather = builder.AddProject<Projects.AspireApp_Weather>("weather").WithHttpHealthCheck("/health");
var agent = builder.AddProject<Projects.AspireApp_Agent>("agent").WithHttpHealthCheck("/health");

// The three lines. With a container engine and the image the first is builder.AddMcpRegistry("mcp").
var registry = builder.AddMcpRegistryProject<Projects.McpRegistry_Api>("mcp");
registry.WithMcpServer(weather, configure: server => server.WithTags("forecasts").Trusted());
agent.WithReference(registry);

builder.Build().Run();
