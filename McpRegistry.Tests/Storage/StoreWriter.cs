using System.Diagnostics;

namespace McpRegistry.Tests.Storage;

/// <summary>A process of Programs/StoreWriter, started and waiting for its database.</summary>
internal sealed class StoreWriter : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "StoreWriter.dll");

    private readonly Process _process;

    private StoreWriter(string file, params string[] arguments) => _process = Process.Start(new ProcessStartInfo(file, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    public static StoreWriter Start() => new("dotnet", Program);

    /// <summary>No file may grow beyond so many blocks of 512 bytes, which to a database is a full disk.</summary>
    /// <remarks>The runtime itself keeps its code in one large file in memory, unless W^X is off.</remarks>
    public static StoreWriter StartWithFileLimit(int blocks) =>
        new("/bin/sh", "-c", $"trap '' XFSZ; ulimit -f {blocks}; DOTNET_EnableWriteXorExecute=0 exec dotnet \"$0\"", Program);

    public async Task<IReadOnlyList<string>> WriteAndKillAsync(string database, string prefix, int killAfterLines, TimeSpan killAfterThat)
    {
        await BeginAsync(database, prefix);
        var acknowledged = new List<string>();
        while (acknowledged.Count < killAfterLines && await ReadLineAsync() is { } line) acknowledged.Add(line);
        // At any moment of a write, not only just after an acknowledgement.
        await Task.Delay(killAfterThat, TimeProvider.System);
        _process.Kill();
        while (await ReadLineAsync() is { } line) acknowledged.Add(line);
        return acknowledged;
    }

    public async Task<string[]> WriteUntilItEndsAsync(string database, string prefix)
    {
        await BeginAsync(database, prefix);
        var acknowledged = new List<string>();
        while (await ReadLineAsync() is { } line) acknowledged.Add(line);
        return [.. acknowledged];
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task BeginAsync(string database, string prefix)
    {
        await _process.StandardInput.WriteLineAsync($"{database} {prefix}");
        await _process.StandardInput.FlushAsync();
    }

    private Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
}
