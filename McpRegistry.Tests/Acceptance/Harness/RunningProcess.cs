using System.Collections.Concurrent;
using System.Diagnostics;

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>A real child process with its output kept, and signals to send it.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private RunningProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything it printed so far.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    public static RunningProcess Start(string command, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var running = new RunningProcess(start);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Runs a program to its end and returns what it printed to standard output; fails when it fails.</summary>
    public static async Task<string> RunAsync(string command, IEnumerable<string> arguments, string input = "", string? folder = null, TimeSpan? within = null)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? "" };
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(60), TimeProvider.System);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{await errors}");
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    public void Send(string signal) => Signal.Send(signal, Id);

    /// <summary>SIGKILL to this process alone: what it leaves behind is the question.</summary>
    public async Task KillAsync()
    {
        Send("KILL");
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Send("CONT");
            Send("TERM");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15), TimeProvider.System);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}
