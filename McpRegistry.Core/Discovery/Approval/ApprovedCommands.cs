using System.Text.Json;

using McpRegistry.Core.Discovery.Trust;

namespace McpRegistry.Core.Discovery.Approval;

/// <summary>The commands that the operator approved, by service; in a file beside the key, so that it is known after a restart.</summary>
internal sealed class ApprovedCommands
{
    private const string FileName = "approved-commands.json";

    private readonly GatewayFiles _files;
    private readonly string? _path;
    private Dictionary<string, string>? _marks;

    public ApprovedCommands(GatewayFiles files)
    {
        _files = files;
        _path = files.Folder is null ? null : Path.Combine(files.Folder, FileName);
        _marks = Read();
    }

    /// <summary>True until something was approved: what is there now is what the operator meant when he asked for approval.</summary>
    public bool IsNew => _marks is null;

    public bool Contain(string service, string mark) => _marks?.GetValueOrDefault(service) == mark;

    /// <summary>Approves these, in place of what was approved of the same services.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public void Add(IEnumerable<(string Service, string Mark)> commands)
    {
        var marks = new Dictionary<string, string>(_marks ?? [], StringComparer.Ordinal);
        foreach (var (service, mark) in commands) marks[service] = mark;
        if (_path is not null)
        {
            Directory.CreateDirectory(_files.Folder!);
            _files.Write(_path, JsonSerializer.SerializeToUtf8Bytes(marks));
        }

        _marks = marks;
    }

    // A list that cannot be read approves nothing: whoever broke it must not gain by that.
    private Dictionary<string, string>? Read()
    {
        if (_path is null || !File.Exists(_path)) return null;
        try { return new Dictionary<string, string>(JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(_path)) ?? [], StringComparer.Ordinal); }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException) { return []; }
    }
}
