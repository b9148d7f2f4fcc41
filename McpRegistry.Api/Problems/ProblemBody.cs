namespace McpRegistry.Api.Problems;

/// <summary>An RFC 9457 problem as it is sent (<c>application/problem+json</c>).</summary>
internal sealed record ProblemBody
{
    /// <summary>A short title, the same for each code.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What happened.</summary>
    public string? Detail { get; init; }

    /// <summary>One of the closed list of error codes.</summary>
    public string? Code { get; init; }

    /// <summary>The service the request was about.</summary>
    public string? Service { get; init; }

    /// <summary>The id of the instance that was tried last.</summary>
    public string? Instance { get; init; }

    /// <summary>How many attempts were made.</summary>
    public int? Attempts { get; init; }

    /// <summary>True when the tool may have been executed although there is no answer.</summary>
    public bool? MaybeExecuted { get; init; }

    /// <summary>When to try again, in milliseconds.</summary>
    public long? RetryAfterMs { get; init; }

    /// <summary>The code of the upstream's own JSON-RPC error.</summary>
    public int? UpstreamCode { get; init; }

    /// <summary>Every field that is wrong.</summary>
    public IReadOnlyList<FieldErrorBody>? Errors { get; init; }

    /// <summary>What to look for in logs and traces.</summary>
    public string? TraceId { get; init; }
}

/// <summary>One wrong field.</summary>
/// <param name="Field">Its name, as in the request.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record FieldErrorBody(string Field, string Message);
