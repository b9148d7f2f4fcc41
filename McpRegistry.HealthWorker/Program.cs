using McpRegistry.Core;
using McpRegistry.Core.Storage;
using McpRegistry.HealthWorker;
using McpRegistry.ServiceDefaults;
using McpRegistry.ServiceDefaults.Hosting;

ProcessPrivacy.Close();
var builder = WebApplication.CreateSlimBuilder(args);
builder.AddWorkerConsole();
builder.AddServiceDefaults();
builder.AddSharedRedis();
builder.AddHttpHost(defaultUrl: "http://localhost:5081");
builder.Services.AddRegistryWorker(builder.Configuration);
builder.Services.AddWorkerReadiness();

var app = builder.Build();
app.UseLocalhostGuard();
app.UseRouting();
app.MapServiceDefaults();
return await app.RunHttpHostAsync(() => app.Services.OpenRegistryStoreAsync());
