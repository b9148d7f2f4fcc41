using System.ComponentModel;
using System.Text.Json;

namespace McpRegistry.Api.Services;

/// <summary>
/// What a registration looks like, for the OpenAPI document. Reading and writing are RegistrationJson's; a test holds the
/// two together.
/// </summary>
internal record ServiceRegistrationModel
{
    [Description("Unique; [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")]
    public required string Name { get; init; }

    [Description("fastmcp (an MCP server), fastapi (a plain HTTP service), external (a third party's MCP server) or docker. Default fastmcp.")]
    public string? Type { get; init; }

    [Description("Where it runs, in people's words.")]
    public string? Location { get; init; }

    [Description("stdio, http or websocket. Default http.")]
    public string? Protocol { get; init; }

    [Description("The address of the first instance. Not for stdio.")]
    public Uri? BaseUrl { get; init; }

    [Description("The bearer key sent to the service: a value or a reference (env:NAME, file:/path). Write-only: shown as ***; sent back as *** it stays as it is.")]
    public string? ApiKey { get; init; }

    public ServiceConfigModel? Config { get; init; }

    [Description("Free words to find it by.")]
    public IReadOnlyList<string>? Tags { get; init; }
}

internal sealed record ServiceConfigModel
{
    [Description("stdio: the program to start.")]
    public string? Command { get; init; }

    [Description("stdio: its arguments, passed as they are, without a shell.")]
    public IReadOnlyList<string>? Args { get; init; }

    [Description("stdio: variables it gets beside the clean default environment. Values that are no references are shown as ***.")]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [Description("stdio: its working directory.")]
    public string? Cwd { get; init; }

    [Description("stdio: how many children share the calls. Default 1.")]
    public int? Replicas { get; init; }

    [Description("stdio, several gateways: whether each may run children of its own. Default false: one runs them, the others send it their calls.")]
    public bool? Replicable { get; init; }

    [Description("HTTP: headers sent with every request. Values that are no references are shown as ***.")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [Description("HTTP: the addresses of all instances, when there is more than base_url.")]
    public IReadOnlyList<Uri>? Instances { get; init; }

    [Description("HTTP: whether the paths of its addresses are secret, so that they are shown as *** like their queries. true: all of each path; false: nothing of it. Default: what looks like a key.")]
    public bool? SecretPath { get; init; }

    [Description("HTTPS: the absolute path of a PEM file with the authorities of which one must have signed the server's certificate. Default: those the machine of the gateway trusts.")]
    public string? AuthorityFile { get; init; }

    [Description("Whether readOnlyHint and idempotentHint of its tools are believed. Default false.")]
    public bool? Trusted { get; init; }

    [Description("Whether what it says of itself (instructions) is quoted, under its name, to clients of /mcp. Only together with trusted. Default false.")]
    public bool? ShowInstructions { get; init; }

    [Description("PowerOfTwoChoices (default), RoundRobin, LeastRequests, Random, FirstAlphabetical or LatencyAware.")]
    public string? LoadBalancing { get; init; }

    public HealthSettingsModel? Health { get; init; }

    public TimeoutSettingsModel? Timeouts { get; init; }

    [Description("By tool: what the operator says of it; for fastapi this also declares the tool.")]
    public IReadOnlyDictionary<string, ToolSettingsModel>? Tools { get; init; }

    [Description("fastapi: the OpenAPI document, relative to base_url. Default /openapi.json.")]
    public string? Openapi { get; init; }
}

internal sealed record HealthSettingsModel
{
    [Description("Seconds between two probes of a healthy instance. Default 30.")]
    public double? Interval { get; init; }

    [Description("Seconds one probe may take. Default 5.")]
    public double? Timeout { get; init; }

    [Description("Failed probes in a row that make an instance unhealthy. Default 3.")]
    public int? Fall { get; init; }

    [Description("Good probes in a row that make it healthy again. Default 2.")]
    public int? Rise { get; init; }

    [Description("fastapi: the path asked. Default /health.")]
    public string? Path { get; init; }
}

internal sealed record TimeoutSettingsModel
{
    [Description("Seconds to make a connection. Default 2.")]
    public double? Connect { get; init; }

    [Description("Seconds for start and handshake of an instance. Default 60.")]
    public double? Startup { get; init; }

    [Description("Seconds of silence of a call; progress starts it anew. Default 60.")]
    public double? Idle { get; init; }

    [Description("Seconds for the whole call with all its attempts. Default 300.")]
    public double? Call { get; init; }
}

internal sealed record ToolSettingsModel
{
    [Description("Whether the tool may be executed twice without harm, so that a lost call is tried again.")]
    public bool? Safe { get; init; }

    [Description("fastapi: what the tool does.")]
    public string? Description { get; init; }

    [Description("fastapi: the JSON schema of its arguments.")]
    public JsonElement? InputSchema { get; init; }

    [Description("fastapi: the JSON schema of its structured result.")]
    public JsonElement? OutputSchema { get; init; }
}
