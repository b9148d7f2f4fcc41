using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace McpRegistry.Core.Registration;

/// <summary>The <c>config</c> of a registration.</summary>
public sealed record ServiceConfig
{
    /// <summary>stdio: the program to start. Null for HTTP.</summary>
    public string? Command { get; init; }

    /// <summary>stdio: its arguments, passed as they are, without a shell.</summary>
    public ImmutableArray<string> Args { get; init; } = [];

    /// <summary>stdio: the variables it gets beside the clean default environment; values may be references.</summary>
    public ImmutableSortedDictionary<string, string> Env { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>stdio: its working directory. Null: the directory of the gateway.</summary>
    public string? Cwd { get; init; }

    /// <summary>stdio: how many children share the calls. Default 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>
    /// stdio, several gateways: whether each of them may run its own children. False: one gateway runs them and the others send it
    /// their calls, as a server that keeps state needs it. Default false; a gateway that is alone runs them either way.
    /// </summary>
    public bool Replicable { get; init; }

    /// <summary>HTTP: headers sent with every request; values may be references.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>HTTP: the addresses of all instances, when there is more than <see cref="ServiceRegistration.BaseUrl"/>.</summary>
    public ImmutableArray<Uri> Instances { get; init; } = [];

    /// <summary>
    /// HTTP: whether the paths of its addresses are secret, so that they are hidden and encrypted like their queries. True: all of each
    /// path. False: nothing of it. Null: what looks like a key, as some services put theirs there.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? SecretPath { get; init; }

    /// <summary>
    /// HTTPS: the path of a PEM file with the authorities of which one must have signed the server's certificate; those that the
    /// machine trusts do not count then. Null: they do.
    /// </summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Whether the annotations of its tools (<c>readOnlyHint</c>, <c>idempotentHint</c>) are believed. Default false.</summary>
    public bool Trusted { get; init; }

    /// <summary>
    /// Whether what it says of itself (<c>instructions</c>) stands, quoted and under its name, in what clients of <c>/mcp</c> are told,
    /// who put it into the prompts of their models. Of a service that was registered over REST only together with
    /// <see cref="Trusted"/>. Default false: <c>/mcp/{service}</c> alone shows it.
    /// </summary>
    public bool ShowInstructions { get; init; }

    /// <summary>The load balancing policy, by name. Default <c>PowerOfTwoChoices</c>.</summary>
    public string LoadBalancing { get; init; } = LoadBalancingPolicyNames.PowerOfTwoChoices;

    /// <summary>How its health is watched.</summary>
    public HealthSettings Health { get; init; } = new();

    /// <summary>How long things may take.</summary>
    public TimeoutSettings Timeouts { get; init; } = new();

    /// <summary>Per tool, by original name: what the operator says of it; for <c>fastapi</c> this also declares the tool.</summary>
    public ImmutableSortedDictionary<string, ToolSettings> Tools { get; init; } = ImmutableSortedDictionary<string, ToolSettings>.Empty;

    /// <summary><c>fastapi</c>: the OpenAPI document, relative to the base URL. Default <c>/openapi.json</c>.</summary>
    [JsonPropertyName("openapi")]
    public string OpenApi { get; init; } = "/openapi.json";
}
