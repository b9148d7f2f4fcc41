using AspireApp.Weather;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddMcpServer().WithHttpTransport().WithTools<Forecasts>();

var app = builder.Build();
app.MapMcp("/mcp");
app.MapGet("/health", () => "well");
app.Run();
