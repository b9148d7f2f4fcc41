using System.Collections.Immutable;
using System.Security.Cryptography;

using McpRegistry.Core.Discovery.Approval;
using McpRegistry.Core.Discovery.Trust;
using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Wire;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Discovery;

/// <summary>
/// Registers what <c>mcp-servers.json</c> says: before the host has started, and after each change of the file.
/// What cannot be read changes nothing: a broken file leaves all services as they are, a broken entry that one.
/// </summary>
public sealed partial class McpServersFileSource : BackgroundService
{
    internal const int LargestFile = 4 * 1024 * 1024;

    private readonly IServiceRegistry _registry;
    private readonly ISecretResolver _secrets;
    private readonly TimeProvider _time;
    private readonly LoadBalancingPolicySet? _policies;
    private readonly ILogger<McpServersFileSource> _logger;
    private readonly DiscoveryOptions _options;
    private readonly McpServersFileLocation _location;
    private readonly GatewayFiles _ownFiles;
    private readonly CommandApproval? _approval;
    private readonly SemaphoreSlim _applying = new(1, 1);
    private ImmutableDictionary<string, ServiceRegistration> _lastGood = ImmutableDictionary<string, ServiceRegistration>.Empty;
    private string? _lastRead;
    private volatile Report _report = new([]);

    /// <summary>Made by the container.</summary>
    public McpServersFileSource(
        IServiceRegistry registry, ISecretResolver secrets, TimeProvider time, IHostEnvironment host, IOptions<DiscoveryOptions> options, ILogger<McpServersFileSource> logger,
        LoadBalancingPolicySet? policies = null) : this(registry, secrets, time, host, options, logger, new GatewayFiles(null), policies) { }

    internal McpServersFileSource(
        IServiceRegistry registry, ISecretResolver secrets, TimeProvider time, IHostEnvironment host, IOptions<DiscoveryOptions> options, ILogger<McpServersFileSource> logger,
        GatewayFiles ownFiles, LoadBalancingPolicySet? policies)
    {
        _registry = registry;
        _secrets = secrets;
        _time = time;
        _policies = policies;
        _logger = logger;
        _options = options.Value;
        _ownFiles = ownFiles;
        _approval = _options.WantsApproval ? new CommandApproval(new ApprovedCommands(ownFiles)) : null;
        _location = new McpServersFileLocation(_options, host.ContentRootPath, Directory.GetCurrentDirectory(), AppContext.BaseDirectory);
    }

    /// <summary>What is wrong with the file now, by place in it; empty when it is good or not there.</summary>
    public ImmutableArray<RegistrationError> Problems => _report.Problems;

    /// <summary>The file's path; where it is looked for first when there is none. Empty: nobody named one, and the folder is not the gateway's.</summary>
    public string FilePath => _location.Current ?? "";

    /// <summary>Reads the file and applies it, changed or not.</summary>
    /// <returns>What is wrong with it; the rest is applied.</returns>
    public async Task<ImmutableArray<RegistrationError>> RefreshAsync(CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken);
        try
        {
            await ApplyAsync(await ReadAsync(cancellationToken), cancellationToken);
            return Problems;
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Approves the command that the file has for a service now, and applies the file.</summary>
    /// <param name="service">The service.</param>
    /// <param name="mark">The mark of the command that was looked at, as its reason tells it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ApprovalOutcome> ApproveAsync(string service, string mark, CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken);
        try
        {
            var file = await ReadAsync(cancellationToken);
            if (_approval is null || Parse(file).Registrations.FirstOrDefault(one => one.Name == service) is not { } wanted || _approval.IsApproved(wanted)) return ApprovalOutcome.NotWaiting;
            if (CommandMark.Of(wanted) != mark) return ApprovalOutcome.Changed;
            _approval.Approve(wanted);
            var command = CommandMark.Show(wanted);
            LogApproved(service, command);
            await ApplyAsync(file, cancellationToken);
            return ApprovalOutcome.Approved;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogApplyFailed(failure, FilePath);
            return ApprovalOutcome.NotKept;
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var unasked in _location.Unasked.Where(File.Exists)) LogUnasked(unasked);
        await ApplyIfChangedAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _applying.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.IsWatched) return;
        using var watcher = new McpServersFileWatcher(_location, _options, _time);
        // Between the first reading and the watch something may have happened.
        await ApplyIfChangedAsync(stoppingToken);
        while (true)
        {
            await watcher.WaitForChangeAsync(stoppingToken);
            await ApplyIfChangedAsync(stoppingToken);
        }
    }

    private async Task ApplyIfChangedAsync(CancellationToken cancellationToken)
    {
        await _applying.WaitAsync(cancellationToken);
        try
        {
            var file = await ReadAsync(cancellationToken);
            if (file.Identity != _lastRead) await ApplyAsync(file, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next change must still be seen, whatever this one met.
            LogApplyFailed(failure, FilePath);
        }
        finally
        {
            _applying.Release();
        }
    }

    private async Task ApplyAsync(FileText file, CancellationToken cancellationToken)
    {
        var isNews = file.Identity != _lastRead;
        var content = Parse(file);
        ImmutableArray<RegistrationError> refused = [];
        if (content.IsReadable)
        {
            var kept = content.BrokenNames.Select(name => _lastGood.GetValueOrDefault(name)).OfType<ServiceRegistration>();
            var registrations = content.Registrations.Concat(kept).DistinctBy(one => one.Name).ToImmutableArray();
            if (_approval is not null && file.Text is not null) registrations = _approval.Hold(registrations, _lastGood);
            foreach (var held in registrations.Where(one => one.Hold is not null && _lastGood.GetValueOrDefault(one.Name)?.Hold != one.Hold)) LogHeld(held.Name, held.Hold!.Reason);
            refused = await _registry.ApplySourceAsync(RegistrationOrigin.File, registrations, cancellationToken);
            _lastGood = registrations.ToImmutableDictionary(one => one.Name);
        }
        _report = new Report([.. content.Errors, .. refused]);
        _lastRead = file.Identity;
        if (isNews) Tell(file, content);
    }

    private McpServersFileContent Parse(FileText file) => file.Text is null
        ? file.Problem is null ? new McpServersFileContent() : McpServersFileContent.Unreadable(FieldPath.Root, file.Problem)
        : new McpServersFile(Path.GetDirectoryName(file.Path)!, _secrets, _time.GetUtcNow(), _policies, _ownFiles.Folder).Parse(file.Text);

    private void Tell(FileText file, McpServersFileContent content)
    {
        // What nobody wants nobody misses.
        if (!_location.IsWanted) return;
        if (file is { Text: null, Problem: null }) LogMissing(file.Path.Length > 0 ? file.Path : McpServersFileLocation.DefaultName);
        else if (content.IsReadable) LogApplied(file.Path, _lastGood.Count);
        foreach (var entry in content.Off) LogOff(file.Path, entry);
        foreach (var problem in Problems) LogProblem(file.Path, problem.Field, problem.Message);
        foreach (var warning in content.Warnings) LogWarning(file.Path, warning.Field, warning.Message);
    }

    private async Task<FileText> ReadAsync(CancellationToken cancellationToken)
    {
        var path = FilePath;
        try
        {
            if (!File.Exists(path)) return new FileText(path, "missing");
            // What is judged is what is read, whatever happens to the path meanwhile.
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (_location.RefusalOf(file, path) is { } refusal) return new FileText(path, refusal) { Problem = refusal };
            if (file.Length > LargestFile) return new FileText(path, "large") { Problem = "The file is larger than 4 MiB." };
            var text = new byte[file.Length];
            await file.ReadExactlyAsync(text, cancellationToken);
            return new FileText(path, Convert.ToHexString(SHA256.HashData(text))) { Text = text };
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new FileText(path, "unreadable") { Problem = "The file cannot be read." };
        }
    }

    private sealed record Report(ImmutableArray<RegistrationError> Problems);

    private sealed record FileText(string Path, string Content)
    {
        public byte[]? Text { get; init; }

        public string? Problem { get; init; }

        public string Identity => Path + "\n" + Content;
    }
}
