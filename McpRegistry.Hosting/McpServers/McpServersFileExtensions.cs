using McpRegistry.Core.Modeling;
using McpRegistry.Core.Registration;

namespace Aspire.Hosting;

/// <summary>Resources from the file that people already have.</summary>
public static class McpServersFileExtensions
{
    /// <summary>Adds the servers of an <c>mcp-servers.json</c>: programs behind bridges, URLs as external servers.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="path">The file, relative to the AppHost.</param>
    /// <param name="names">Which of them. Default: all that are not disabled.</param>
    /// <exception cref="DistributedApplicationException">The file or an entry that is wanted is broken or not there.</exception>
    public static IReadOnlyList<IResourceBuilder<McpServerResource>> AddMcpServers(
        this IDistributedApplicationBuilder builder, string path, params string[] names)
    {
        var file = ModelledServers.Read(Path.GetFullPath(path, builder.AppHostDirectory), Environment.GetEnvironmentVariable);
        if (!file.Problems.IsEmpty)
            throw new DistributedApplicationException($"{path}: {string.Join(" ", file.Problems.Select(problem => $"{problem.Field}: {problem.Message}"))}");
        if (names.Except(file.Servers.Select(one => one.Name)).FirstOrDefault() is { } missing)
            throw new DistributedApplicationException($"{path}: there is no server '{missing}' in it, or it is disabled.");

        return [.. file.Servers.Where(one => names.Length == 0 || names.Contains(one.Name)).Select(builder.AddEntry)];
    }

    private static IResourceBuilder<McpServerResource> AddEntry(this IDistributedApplicationBuilder builder, ServiceRegistration entry)
    {
        var config = entry.Config;
        var server = entry.Protocol == ServiceProtocol.Stdio
            ? builder.AddMcpServer(entry.Name, config.Command!, [.. config.Args]).WithInstances(config.Replicas)
            : builder.AddMcpServer(entry.Name, entry.BaseUrl is { } first ? [first, .. config.Instances] : [.. config.Instances]);
        if (config.Cwd is { } folder) server.WithWorkingDirectory(folder);
        foreach (var (setting, value) in ServerVariables.Of(entry)) server.WithSetting(setting, value);
        if (entry.ApiKey is { } key) server.WithSetting(ServerVariables.ApiKey, builder.ValueOf(key));
        foreach (var (name, value) in config.Headers) server.WithSetting(ServerVariables.Header(name), builder.ValueOf(value));
        foreach (var (name, value) in config.Env) server.WithVariable(name, builder.ValueOf(value));
        return server;
    }

    // A file that may be shown to everybody names its secrets; the model asks for them by the same names.
    private static object ValueOf(this IDistributedApplicationBuilder builder, string value)
    {
        if (ModelledServers.ReferenceIn(value) is not var (before, variable)) return value;
        var name = ResourceNames.Of(variable.ToLowerInvariant().Replace('_', '-').Trim('-'));
        var parameter = builder.Resources.OfType<ParameterResource>().FirstOrDefault(one => one.Name == name)
            ?? builder.AddParameterFromConfiguration(name, variable, secret: true).Resource;
        return before.Length == 0 ? parameter : ReferenceExpression.Create($"{before}{parameter}");
    }
}
