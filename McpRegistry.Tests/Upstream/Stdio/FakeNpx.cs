using System.Collections.Immutable;
using System.Runtime.Versioning;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream.Stdio;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Upstream.Stdio;

/// <summary>
/// A home with an <c>npx</c> of a few lines of shell that does what matters of the real one: it fills <c>_npx/hash</c>, takes a
/// package that is there already for whole, and writes the lock at the end. <c>node</c> is a shell, and the package an MCP server.
/// </summary>
internal sealed class FakeNpx : IDisposable
{
    private const string Npx = """
        #!/bin/sh
        # npx -y -p server -c 'printf %s "$PATH"', or npx -y server
        echo run >> "$HOME/runs"
        modules=$HOME/.npm/_npx/$(cat "$HOME/hash")/node_modules
        if [ ! -f "$modules/server/package.json" ]; then
          mkdir -p "$modules/server" "$modules/.bin"
          echo '{"bin":"main.js","dependencies":{"needed":"1","maybe":"1"},"optionalDependencies":{"maybe":"1"}}' > "$modules/server/package.json"
          { echo '#!/usr/bin/env node'; cat "$HOME/server.sh"; } > "$modules/server/main.js"
          echo begun > "$HOME/begun"
          while [ -f "$HOME/hold" ]; do sleep 0.05; done
          mkdir -p "$modules/needed"
          echo '{}' > "$modules/needed/package.json"
        fi
        echo '{}' > "$modules/.package-lock.json"
        PATH=$modules/.bin:$PATH sh -c "$5"
        """;

    private readonly TemporaryFolder _folder = new();

    [UnsupportedOSPlatform("windows")]
    public FakeNpx()
    {
        Directory.CreateDirectory(_folder.File("bin"));
        Write("bin/npx", Npx);
        Write("bin/node", "#!/bin/sh\nexec /bin/sh \"$@\"\n");
        foreach (var program in (string[])["bin/npx", "bin/node"])
            File.SetUnixFileMode(_folder.File(program), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write("server.sh", ShellServer.Registration().Config.Args[1]);
        Write("hash", Path.GetFileName(CacheFolder));
    }

    public ImmutableDictionary<string, string> Environment => ImmutableDictionary<string, string>.Empty
        .Add("HOME", _folder.Path)
        .Add("PATH", $"{_folder.File("bin")}:/usr/bin:/bin");

    /// <summary>Where the package's server is started from once it is installed whole.</summary>
    public string EntryPoint => Path.Combine(Modules, "server", "main.js");

    public bool IsWhole => File.Exists(Path.Combine(Modules, ".package-lock.json")) && File.Exists(Path.Combine(Modules, "needed", "package.json"));

    public bool HasBegun => File.Exists(_folder.File("begun"));

    /// <summary>How often it ran.</summary>
    public int Runs => File.ReadAllLines(_folder.File("runs")).Length;

    // What npm makes of the text "server".
    private string CacheFolder => Path.GetDirectoryName(NpxFolder.Of(NpxPackage.Parse(["server"])!, Environment)!.Modules)!;

    private string Modules => Path.Combine(CacheFolder, "node_modules");

    public LaunchCommand Command => new(_folder.File("bin/npx"), ["-y", "server"], _folder.Path, Environment);

    public ServiceRegistration Registration => new()
    {
        Name = "installed",
        Protocol = ServiceProtocol.Stdio,
        Config = new ServiceConfig { Command = "npx", Args = ["-y", "server"], Cwd = _folder.Path, Env = Environment.ToImmutableSortedDictionary() },
    };

    /// <summary>From now on an installation does not end before <see cref="LetGo"/>.</summary>
    public void Hold() => Write("hold", "");

    public void LetGo() => File.Delete(_folder.File("hold"));

    /// <summary>Leaves what an npm leaves that was killed half way, some time ago.</summary>
    /// <param name="seenByNpm">True: another npm went over it since and took it for whole.</param>
    public void LeaveHalf(bool seenByNpm)
    {
        Directory.CreateDirectory(Path.Combine(Modules, "server"));
        File.WriteAllText(Path.Combine(Modules, "server", "package.json"), """{"bin":"main.js","dependencies":{"needed":"1"}}""");
        File.WriteAllText(EntryPoint, "#!/usr/bin/env node\nexit 1\n");
        if (seenByNpm) File.WriteAllText(Path.Combine(Modules, ".package-lock.json"), "{}");
        foreach (var folder in (string[])[Path.Combine(Modules, "server"), Modules, CacheFolder]) Directory.SetLastWriteTimeUtc(folder, DateTime.UnixEpoch);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string text) => File.WriteAllText(_folder.File(name), text);
}
