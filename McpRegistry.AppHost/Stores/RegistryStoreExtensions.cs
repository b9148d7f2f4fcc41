using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpRegistry.AppHost.Stores;

/// <summary>Where several processes keep the registry they share.</summary>
public static partial class RegistryStoreExtensions
{
    // redis:8.6.7-alpine. By digest, so that nobody can put another image under the name.
    private const string RedisImage = "ac2da09bc822f325a9f68f533120b86fa39c1b8db46b3aa7c1bbea7fdfd4fcba";

    /// <summary>
    /// Adds Redis: a container with a volume; where no container engine runs, the <c>redis-server</c> on the path; where neither is,
    /// nothing. <c>--store container|redis-server|embedded</c> decides it by hand. What is published always has the container.
    /// </summary>
    /// <returns>Null: there is none, and the registry keeps its own file.</returns>
    public static RegistryStore? AddRegistryStore(this IDistributedApplicationBuilder builder, [ResourceName] string name)
    {
        var kind = builder.ExecutionContext.IsPublishMode ? StoreKind.Container : Choose(builder.Configuration["store"], builder.Configuration["ASPIRE_CONTAINER_RUNTIME"]);
        builder.OnBeforeStart((start, _) =>
        {
            if (builder.ExecutionContext.IsRunMode) Tell(start.Services.GetRequiredService<ILoggerFactory>().CreateLogger("McpRegistry.AppHost"), kind);
            return Task.CompletedTask;
        });
        return kind switch
        {
            StoreKind.Container => builder.AddContainer(name),
            StoreKind.RedisServer => builder.AddProcess(name),
            _ => null,
        };
    }

    private static StoreKind Choose(string? wanted, string? containerRuntime) => wanted switch
    {
        null or "" => ContainerEngine.Answers(containerRuntime) ? StoreKind.Container : RedisServer.IsOnPath() ? StoreKind.RedisServer : StoreKind.Embedded,
        "container" => StoreKind.Container,
        "redis-server" => StoreKind.RedisServer,
        "embedded" => StoreKind.Embedded,
        _ => throw new DistributedApplicationException($"--store is container, redis-server or embedded, not '{wanted}'."),
    };

    private static RegistryStore AddContainer(this IDistributedApplicationBuilder builder, string name)
    {
        // Plain TCP within this machine: with a developer certificate Aspire would turn TLS on, which every client would have to trust.
        var redis = builder.AddRedis(name).WithImageSHA256(RedisImage).WithoutHttpsCertificate().WithDataVolume($"mcp-registry-{name}").WithPersistence();
        return new RegistryStore(redis, redis);
    }

    private static RegistryStore AddProcess(this IDistributedApplicationBuilder builder, string name)
    {
        var process = builder.AddExecutable($"{name}-server", RedisServer.Command, ".", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
            // Behind Aspire's proxy the port would be open while nobody is there.
            .WithEndpoint(name: "tcp", scheme: "tcp", isProxied: false)
            .WithIconName("Database");
        var endpoint = process.GetEndpoint("tcp");
        // Whoever can write to Redis can register services, and every user of this machine reaches its ports. redis-server takes its
        // arguments out of its process title once it has read them.
        var password = builder.AddParameter($"{name}-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true);
        process.WithArgs("--port", endpoint.Property(EndpointProperty.TargetPort), "--requirepass", password.Resource);

        // A process counts as ready when it runs; this one must also listen.
        var key = $"{name}-listens";
        builder.Services.AddHealthChecks().AddAsyncCheck(key, cancellationToken => RedisServer.CheckAsync(endpoint, cancellationToken));
        process.WithHealthCheck(key);

        var connection = builder.AddConnectionString(name, ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.HostAndPort)},password={password.Resource}"));
        process.WithParentRelationship(connection);
        return new RegistryStore(connection, process);
    }

    private static void Tell(ILogger logger, StoreKind kind)
    {
        if (kind == StoreKind.RedisServer) LogRedisServer(logger);
        if (kind == StoreKind.Embedded) LogEmbedded(logger);
    }

    [LoggerMessage(LogLevel.Information, "No container engine: Redis is the redis-server of this machine, and what is registered over REST lasts as long as this run.")]
    private static partial void LogRedisServer(ILogger logger);

    [LoggerMessage(LogLevel.Information, "No Redis: the api keeps its registry in its own file and watches health itself; there is no health worker. A container engine or redis-server changes that.")]
    private static partial void LogEmbedded(ILogger logger);

    private enum StoreKind
    {
        Container,
        RedisServer,
        Embedded,
    }
}

/// <summary>The store of the model.</summary>
/// <param name="Connection">What gives processes its connection string.</param>
/// <param name="Ready">What they wait for.</param>
public sealed record RegistryStore(IResourceBuilder<IResourceWithConnectionString> Connection, IResourceBuilder<IResource> Ready);
