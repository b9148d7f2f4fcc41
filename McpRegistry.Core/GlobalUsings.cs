global using McpRegistry.Core.LoadBalancing;
