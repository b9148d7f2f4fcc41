using Microsoft.Extensions.Logging.Abstractions;

namespace McpRegistry.AppHost.Tests;

/// <summary>The AppHost's model, made and not started.</summary>
internal static class Model
{
    /// <summary>As on a developer's machine, with a store that needs nothing.</summary>
    public static Task<IDistributedApplicationTestingBuilder> ToRunAsync(params string[] args) => ToRunAsync(new DistributedApplicationTestingBuilderOptions(), args);

    /// <summary>The same, e.g. with the dashboard.</summary>
    public static Task<IDistributedApplicationTestingBuilder> ToRunAsync(DistributedApplicationTestingBuilderOptions options, params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.McpRegistry_AppHost>(options, args.Any(one => one.StartsWith("--store", StringComparison.Ordinal)) ? args : ["--store=embedded", .. args]);

    /// <summary>As it is published.</summary>
    public static Task<IDistributedApplicationTestingBuilder> ToPublishAsync(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.McpRegistry_AppHost>(["--operation", "publish", .. args]);

    /// <summary>Publishes, and tells what was written: a file or a folder of this name.</summary>
    public static async Task<string> PublishAsync(string name, params string[] args)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("publish-").FullName, name);
        await using var model = await ToPublishAsync([.. args, "--output-path", path]);
        model.AddPublishedServer();
        await using var app = await model.BuildAsync();
        await app.RunAsync();
        return path;
    }

    /// <summary>A program as somebody would add it in AppHost.cs: nothing that ships is published.</summary>
    public static void AddPublishedServer(this IDistributedApplicationBuilder model) =>
        model.AddMcpServer("search", "npx", "-y", "@your-scope/search@1.2.3").WithTags("npm");

    /// <summary>A resource by its name.</summary>
    public static IResource Find(this IDistributedApplicationBuilder model, string name) => model.Resources.Single(one => one.Name == name);

    /// <summary>The variables a process gets, as expressions: no address is known before anything runs.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> VariablesOfAsync(this IDistributedApplicationBuilder model, string resource)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(model.Find(resource)).WithEnvironmentVariablesConfig()
            .BuildAsync(model.ExecutionContext, NullLogger.Instance, CancellationToken.None);
        return configuration.EnvironmentVariables.ToDictionary();
    }

    /// <summary>The variables a process of this machine is told, as they stand in the model: an endpoint has no address until it runs.</summary>
    public static async Task<Dictionary<string, object>> ToldAsync(this IDistributedApplicationTestingBuilder model, string name)
    {
        var resource = model.Find(name);
        // Some ask for services, which are there only then.
        await using var app = await model.BuildAsync();
        var told = new EnvironmentCallbackContext(model.ExecutionContext, resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList()) await annotation.Callback(told);
        return told.EnvironmentVariables;
    }
}
