using System.Text.Json;

namespace McpRegistry.AppHost.Tests.Dashboard;

/// <summary>What a person sees and does on the pages of the dashboard.</summary>
internal sealed class DashboardPage(Chromium browser, Uri login)
{
    private const string Rows = "[...document.querySelectorAll('tr[role=row]')]";
    private const string Dialog = "document.querySelector('fluent-dialog')";

    private static readonly TimeSpan BeforeReload = TimeSpan.FromSeconds(40);

    public Task OpenAsync(CancellationToken cancellationToken) => browser.OpenAsync(login, cancellationToken);

    public Task OpenAsync(string page, CancellationToken cancellationToken) => browser.OpenAsync(new Uri(login, page), cancellationToken);

    /// <summary>Waits for a row whose cells begin so: name, state. Loads the page again now and then, as a person does whose page has lost its server.</summary>
    public async Task RowAsync(string name, string state, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(BeforeReload);
            try
            {
                await RowUntilAsync(name, state, patience.Token);
                return;
            }
            catch (TimeoutException) when (!cancellationToken.IsCancellationRequested) { await OpenAsync(cancellationToken); }
        }
    }

    private Task<JsonElement> RowUntilAsync(string name, string state, CancellationToken cancellationToken) =>
        browser.UntilAsync($"{Rows}.some(row => {{ const cells = [...row.cells].map(one => one.innerText.trim()); return cells[0] === '{name}' && cells[1] === '{state}'; }})", cancellationToken);

    /// <summary>Everything that can be read.</summary>
    public async Task<string> TextAsync(CancellationToken cancellationToken) => (await browser.EvaluateAsync("document.body.innerText", cancellationToken))?.GetString() ?? "";

    public Task TextAsync(string expected, CancellationToken cancellationToken) => browser.UntilAsync($"document.body.innerText.includes({Quoted(expected)})", cancellationToken);

    /// <summary>Presses the button of a row that stands for itself.</summary>
    public Task PressAsync(string row, string title, CancellationToken cancellationToken) =>
        browser.ClickAsync($"{Rows}.find(row => row.cells[0]?.innerText.trim() === {Quoted(row)})?.querySelector(`fluent-button[title^={Quoted(title)}]`)", cancellationToken);

    /// <summary>Waits for a dialog with this text, or for the message that the page broke; true: it is there.</summary>
    public async Task<bool> DialogAsync(string text, CancellationToken cancellationToken) =>
        (await browser.UntilAsync($"(document.body.innerText.includes('unhandled error') && 'broken') || ({Dialog}?.innerText.includes({Quoted(text)}) && 'there')", cancellationToken)).GetString() == "there";

    public Task NoDialogAsync(CancellationToken cancellationToken) => browser.UntilAsync($"!{Dialog}", cancellationToken);

    public Task PressInDialogAsync(string button, CancellationToken cancellationToken) =>
        browser.ClickAsync($"[...{Dialog}.querySelectorAll('fluent-button')].find(one => one.innerText.trim() === {Quoted(button)} || one.title === {Quoted(button)})", cancellationToken);

    /// <summary>Chooses in the only list of the dialog.</summary>
    public async Task ChooseAsync(string value, CancellationToken cancellationToken)
    {
        await browser.ClickAsync($"{Dialog}.querySelector('fluent-dropdown')", cancellationToken);
        await browser.ClickAsync($"{Dialog}.querySelector('fluent-option[value={value}]')", cancellationToken);
    }

    /// <summary>Types into the only field of the dialog.</summary>
    public async Task TypeAsync(string text, CancellationToken cancellationToken)
    {
        await browser.ClickAsync($"{Dialog}.querySelector('fluent-text-input')", cancellationToken);
        await browser.TypeAsync(text, cancellationToken);
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
