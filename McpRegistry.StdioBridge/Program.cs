using McpRegistry.Mcp;
using McpRegistry.ServiceDefaults;
using McpRegistry.ServiceDefaults.Hosting;
using McpRegistry.StdioBridge;

ProcessPrivacy.Close();
var line = BridgeCommandLine.Parse(args);
if (line.Command is null) return await line.ExplainAsync();

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. line.Settings], ContentRootPath = AppContext.BaseDirectory });
var (registration, refusal) = BridgedService.Read(builder.Configuration, line);
if (registration is null) return await BridgeCommandLine.RefuseAsync(refusal);

builder.AddBridgeConsole(registration);
builder.AddServiceDefaults();
builder.AddHttpHost(BridgeOptions.DefaultUrl);
builder.Services.AddBridgedService(builder.Configuration, registration);
builder.Services.AddMcpFace(builder.Configuration, endsLeftCalls: true);

var app = builder.Build();
app.UseLocalhostGuard();
app.UseChildGate();
app.UseRouting();
app.MapServiceDefaults();
app.MapMcpFace(registration.Name);
app.TellAddress(registration);
return await app.RunHttpHostAsync();
