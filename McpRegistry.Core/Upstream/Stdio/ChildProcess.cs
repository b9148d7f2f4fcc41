using System.ComponentModel;
using System.Diagnostics;

using McpRegistry.Core.Upstream.Stdio.Confinement;

namespace McpRegistry.Core.Upstream.Stdio;

/// <summary>A running child, the leader of a process group of its own.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan GroupPoll = TimeSpan.FromMilliseconds(50);
    private static readonly string? Setsid = OperatingSystem.IsWindows()
        ? null
        : CommandLocator.Find("setsid", Environment.GetEnvironmentVariable("PATH"), "/");

    private readonly Process _process;
    private volatile bool _isGroupGone;

    private ChildProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Input = process.StandardInput.BaseStream;
        Output = process.StandardOutput.BaseStream;
        Error = process.StandardError.BaseStream;
        Exited = WaitForExitAsync();
    }

    /// <summary>Its process id; also that of its group where there is one.</summary>
    public int Id { get; }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    /// <summary>Ends when it has ended, with how it did in words, e.g. <c>exited with code 3</c>.</summary>
    public Task<string> Exited { get; }

    /// <summary>Its exit code; 128 + signal when it was killed. Valid once <see cref="Exited"/> has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>True once it and all of its group are known to be gone: its number may be another's now, so nothing is signalled any more.</summary>
    public bool IsGroupGone => _isGroupGone;

    /// <summary>Starts it.</summary>
    /// <exception cref="UpstreamException">The program or its directory is not there or must not be run.</exception>
    public static ChildProcess Start(LaunchCommand command)
    {
        var start = new ProcessStartInfo
        {
            // setsid makes itself the leader of a new group and becomes the program, so the id is that of the group.
            FileName = Setsid ?? command.Program,
            WorkingDirectory = command.Directory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Setsid is not null) start.ArgumentList.Add(command.Program);
        foreach (var argument in command.Arguments) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        try
        {
            return new ChildProcess(ConfinedStart.Start(start, command.Limits));
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            throw new UpstreamException($"{Path.GetFileName(command.Program)} could not be started", exception);
        }
    }

    /// <summary>Asks it to end, ever less politely: closed stdin, SIGTERM, SIGKILL.</summary>
    public async Task StopAsync(TimeSpan closeGrace, TimeSpan terminateGrace, TimeProvider time)
    {
        await Input.DisposeAsync();
        if (await IsGoneWithinAsync(closeGrace, time)) return;
        if (Setsid is not null)
        {
            if (HasGroup()) Posix.TerminateGroup(Id);
            if (await IsGoneWithinAsync(terminateGrace, time)) return;
        }

        await KillAsync();
    }

    /// <summary>Ends it and whatever is left of its group, at once.</summary>
    public async Task KillAsync()
    {
        if (Setsid is null)
        {
            if (!Exited.IsCompleted) _process.Kill(entireProcessTree: true);
        }
        else if (HasGroup()) Posix.KillGroup(Id);
        await Exited;
    }

    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        Error.Dispose();
        _process.Dispose();
    }

    private async Task<bool> IsGoneWithinAsync(TimeSpan grace, TimeProvider time)
    {
        var start = time.GetTimestamp();
        while (!Exited.IsCompleted || (Setsid is not null && HasGroup()))
        {
            var left = grace - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) return false;
            await Task.WhenAny(Exited.IsCompleted ? Task.Delay(GroupPoll, time) : Exited, Task.Delay(left, time));
        }

        return true;
    }

    // While one of the group lives, no other process gets its number; once all are gone anybody may, and must never be signalled.
    private bool HasGroup()
    {
        if (!_isGroupGone && Exited.IsCompleted && !Posix.GroupExists(Id)) _isGroupGone = true;
        return !_isGroupGone;
    }

    private async Task<string> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        if (Setsid is not null && !Posix.GroupExists(Id)) _isGroupGone = true;
        const int signalBase = 128;
        return _process.ExitCode is > signalBase and < signalBase + 65
            ? $"killed by signal {_process.ExitCode - signalBase}"
            : $"exited with code {_process.ExitCode}";
    }
}
