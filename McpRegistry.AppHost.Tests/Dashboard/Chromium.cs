using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpRegistry.AppHost.Tests.Dashboard;

/// <summary>A headless Chromium with one page, spoken to over its DevTools protocol. One caller at a time.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Listening = "DevTools listening on ";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private int _last;
    private string? _session;

    private Chromium(string program)
    {
        _profile = Directory.CreateTempSubdirectory("chromium-").FullName;
        _process = Process.Start(new ProcessStartInfo(program,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps",
            // Nothing on a page leaves this machine.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            $"--user-data-dir={_profile}", "--window-size=1280,800", "--remote-debugging-port=0", "about:blank",
        ])
        { RedirectStandardError = true })!;
    }

    /// <summary>The browser of this machine. Null: there is none.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    public static async Task<Chromium> StartAsync(CancellationToken cancellationToken)
    {
        var browser = new Chromium(Find() ?? throw new FileNotFoundException("There is no chromium on the path."));
        try
        {
            await browser.ConnectAsync(cancellationToken);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public Task OpenAsync(Uri address, CancellationToken cancellationToken) => SendAsync("Page.navigate", new { url = address.AbsoluteUri }, cancellationToken);

    /// <summary>The value of an expression of JavaScript; what a page throws, e.g. while it loads, is no value.</summary>
    public async Task<JsonElement?> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        var answer = await SendAsync("Runtime.evaluate", new { expression, returnByValue = true }, cancellationToken);
        return !answer.TryGetProperty("exceptionDetails", out _) && answer.GetProperty("result").TryGetProperty("value", out var value) ? value : null;
    }

    /// <summary>Waits until an expression is neither null nor false.</summary>
    public async Task<JsonElement> UntilAsync(string expression, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await EvaluateAsync(expression, CancellationToken.None) is { ValueKind: not (JsonValueKind.Null or JsonValueKind.False) } value) return value;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
        throw new TimeoutException($"{expression} did not come to be on the page: {await EvaluateAsync("document.body.innerText", CancellationToken.None)}");
    }

    /// <summary>Clicks into the middle of an element, as a hand does, once it is there, in view, and stands still.</summary>
    public async Task ClickAsync(string element, CancellationToken cancellationToken)
    {
        await UntilAsync($$"""(() => { const e = {{element}}; if (!e || e.disabled) return false; e.scrollIntoView({ block: 'nearest' }); const r = e.getBoundingClientRect(), at = `${r.x} ${r.y}`; const still = e.was === at && r.width > 0; e.was = at; return still; })()""", cancellationToken);
        var place = await UntilAsync($$"""(() => { const r = {{element}}.getBoundingClientRect(); return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()""", cancellationToken);
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
            await SendAsync("Input.dispatchMouseEvent", new { type, x = place.GetProperty("x").GetDouble(), y = place.GetProperty("y").GetDouble(), button = "left", clickCount = 1 }, cancellationToken);
    }

    public Task TypeAsync(string text, CancellationToken cancellationToken) => SendAsync("Input.insertText", new { text }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try { Directory.Delete(_profile, recursive: true); }
        catch (IOException) { /* A child of it still writes; the folder is one for temporary files. */ }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        string? line;
        do line = await _process.StandardError.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("Chromium ended.");
        while (!line.StartsWith(Listening, StringComparison.Ordinal));
        // A pipe that nobody empties would stop it.
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        await _socket.ConnectAsync(new Uri(line[Listening.Length..]), cancellationToken);
        var target = (await SendAsync("Target.createTarget", new { url = "about:blank" }, cancellationToken)).GetProperty("targetId").GetString();
        _session = (await SendAsync("Target.attachToTarget", new { targetId = target, flatten = true }, cancellationToken)).GetProperty("sessionId").GetString();
    }

    // Nobody asked for events, so whatever is no answer is passed over.
    private async Task<JsonElement> SendAsync(string method, object parameters, CancellationToken cancellationToken)
    {
        var id = ++_last;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters, sessionId = _session }, Json), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        while (true)
        {
            var message = await ReceiveAsync(cancellationToken);
            if (!message.TryGetProperty("id", out var answered) || answered.GetInt32() != id) continue;
            return message.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {message}");
        }
    }

    private async Task<JsonElement> ReceiveAsync(CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>();
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(message.GetMemory(64 * 1024), cancellationToken);
            message.Advance(part.Count);
        }
        while (!part.EndOfMessage);
        return JsonElement.Parse(message.WrittenSpan);
    }
}

/// <summary>Skipped where there is no Chromium; CI installs it.</summary>
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Chromium.Find() is null ? "There is no chromium on the path." : null;
}
