namespace McpRegistry.Api.Docs;

/// <summary>Bodies that work as they stand against the services that ship.</summary>
internal static class Examples
{
    public const string Registration = """
        {"name":"weather","type":"external","protocol":"http","base_url":"http://localhost:8931/mcp","api_key":"env:WEATHER_KEY","tags":["demo"],"config":{"trusted":true,"load_balancing":"LeastRequests"}}
        """;

    public const string NewInstance = """{"base_url":"http://localhost:8932/mcp"}""";

    public const string Drain = """{"draining":true}""";

    public const string Approval = """{"mark":"0f343b0931126a20f133d67c2b018a3b"}""";

    public const string Call = """{"tool":"echo","args":{"message":"hello"}}""";

    public const string Arguments = """{"message":"hello"}""";

    public const string CallResult = """{"content":[{"type":"text","text":"Echo: hello"}]}""";
}
