using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddServiceDiscovery();
// Aspire tells where "mcp" is.
builder.Services.AddHttpClient("mcp").AddServiceDiscovery();

var app = builder.Build();
app.MapGet("/health", () => "well");
app.MapGet("/forecast/{city}", async (string city, IHttpClientFactory clients, CancellationToken cancellationToken) =>
{
    var transport = new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri("http://mcp/mcp") }, clients.CreateClient("mcp"), ownsHttpClient: true);
    await using var registry = await McpClient.CreateAsync(transport, cancellationToken: cancellationToken);
    var answer = await registry.CallToolAsync("weather__forecast", new Dictionary<string, object?> { ["city"] = city }, cancellationToken: cancellationToken);
    return string.Join('\n', answer.Content.OfType<TextContentBlock>().Select(one => one.Text));
});
app.Run();
