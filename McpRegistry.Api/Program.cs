using McpRegistry.Api;
using McpRegistry.Api.Hosting;
using McpRegistry.Api.Startup;
using McpRegistry.Core;
using McpRegistry.Core.Storage;
using McpRegistry.Mcp;
using McpRegistry.ServiceDefaults;
using McpRegistry.ServiceDefaults.Hosting;

ProcessPrivacy.Close();
var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddSharedRedis();
builder.AddGatewayHost();
builder.Services.AddRegistryCore(builder.Configuration);
builder.AddRestFace();
builder.Services.AddMcpFace(builder.Configuration);
builder.AddStartupReport();

var app = builder.Build();
app.UseGatewayHost();
app.MapServiceDefaults();
app.MapRestFace();
app.MapMcpFace();
return await app.RunHttpHostAsync(() => app.Services.OpenRegistryStoreAsync());
