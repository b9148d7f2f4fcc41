namespace McpRegistry.StdioBridge;

internal static class ChildGateExtensions
{
    /// <summary>Puts <see cref="ChildGate"/> before everything that is mapped later.</summary>
    public static WebApplication UseChildGate(this WebApplication app)
    {
        var gate = app.Services.GetRequiredService<ChildGate>();
        app.Use(next => context => gate.InvokeAsync(context, next));
        return app;
    }
}
