using System.Text.Json;

using McpRegistry.Api.Hosting;
using McpRegistry.Api.Problems;
using McpRegistry.Core.Buffers;
using McpRegistry.Core.Calls;
using McpRegistry.Core.Catalog;
using McpRegistry.Core.Catalog.Headers;
using McpRegistry.Core.Clients;
using McpRegistry.Core.Json;
using McpRegistry.Core.State;
using McpRegistry.Mcp.Clients;

namespace McpRegistry.Api.Calls;

/// <summary>
/// A tool call over REST, from the body's bytes to the answer's bytes. The hot path: no model binding, no document, no log;
/// arguments and result are passed on as they came.
/// </summary>
internal sealed class CallHandler(RegistryState state, ICallDispatcher dispatcher, ClientWriter clients, ByteBudget budget)
{
    // No XML comments on these two: in the OpenAPI document they would stand in place of the routes' own summaries.
    public Task CallAsync(HttpContext context) =>
        RequestBody.IsJson(context.Request) ? TakeAsync(context, static (body, _) => CallBody.Read(body.Span)) : CallAnswer.WriteUnsupportedAsync(context);

    public Task CallToolAsync(HttpContext context)
    {
        var hasBody = context.Request.ContentLength is not 0 and not null || context.Request.ContentType is not null || context.Request.Headers.TransferEncoding.Count != 0;
        if (hasBody && !RequestBody.IsJson(context.Request)) return CallAnswer.WriteUnsupportedAsync(context);
        return TakeAsync(context, static (body, context) =>
        {
            var arguments = CallBody.ReadArguments(body.Span);
            var name = JsonText.Encode(RouteSegment.Decode(context, (string)context.Request.RouteValues["tool"]!));
            var range = new ByteRange(body.Length, name.Length);
            body.Write(name);
            return new CallBody(range, arguments, null, false);
        });
    }

    // The body has come with the headers nearly always; then nothing is kept to wait for it.
    private Task TakeAsync(HttpContext context, Func<PooledBytes, HttpContext, CallBody> read)
    {
        var body = RequestBody.ReadAsync(context.Request, budget, context.RequestAborted);
        return body.IsCompletedSuccessfully ? RouteAsync(context, body.Result, read) : RouteLaterAsync(context, body, read);
    }

    private async Task RouteLaterAsync(HttpContext context, ValueTask<PooledBytes> body, Func<PooledBytes, HttpContext, CallBody> read) =>
        await RouteAsync(context, await body, read);

    // The body belongs to it.
    private async Task RouteAsync(HttpContext context, PooledBytes body, Func<PooledBytes, HttpContext, CallBody> read)
    {
        using var whole = body;
        var serviceName = (string)context.Request.RouteValues["name"]!;
        Problem? problem = null;
        UpstreamCall? call = null;
        try
        {
            var request = read(body, context);
            var timeout = CallBody.ShorterOf(request.Timeout, context.Request.Headers["X-Timeout-Ms"]);
            problem = Route(serviceName, body, request, timeout, Client.Of(context), out call);
        }
        catch (CallBodyException exception) when (exception.Field is { } field)
        {
            problem = Problem.Invalid(field, exception.Message);
        }
        catch (CallBodyException exception)
        {
            problem = new Problem(ErrorCode.InvalidArguments) { Detail = exception.Message };
        }
        catch (JsonException exception)
        {
            problem = new Problem(ErrorCode.InvalidArguments) { Detail = exception is MalformedJsonException ? "The body is not well-formed JSON." : exception.Message };
        }

        if (call is null)
        {
            await ProblemMap.WriteAsync(context, problem! with { Service = serviceName });
            return;
        }

        using var outcome = await dispatcher.DispatchAsync(call, context.RequestAborted);
        await CallAnswer.WriteAsync(context, outcome, clients);
    }

    private Problem? Route(string serviceName, PooledBytes body, CallBody request, TimeSpan? timeout, ClientKey client, out UpstreamCall? call)
    {
        call = null;
        if (!state.Current.Services.TryGetValue(serviceName, out var service)) return new Problem(ErrorCode.UnknownService);
        if (FindTool(service, request.Tool.Of(body.Span)) is not { } tool)
        {
            // A service that never came up has told no tools; "unknown" would blame the caller for it.
            var isSilent = service.Catalog.Tools.IsEmpty && (service.Condition is not (ServiceCondition.Ready or ServiceCondition.Degraded) || !service.Catalog.IsRead(CatalogKind.Tool));
            return new Problem(isSilent ? ErrorCode.NoHealthyInstance : ErrorCode.UnknownTool) { Attempts = 0, MaybeExecuted = false };
        }

        call = new UpstreamCall
        {
            Service = service,
            Method = "tools/call",
            Target = tool.Name,
            Params = RequestParams.ForToolCall(body, request.Tool, request.Arguments),
            IsSafe = CallSafety.OfTool(service.Registration, tool, request.ClientSaysSafe),
            Timeout = timeout,
            Headers = ToolHeaders.Of(tool, request.Arguments.Of(body.Memory)),
            Client = client,
        };
        return null;
    }

    private static CatalogEntry? FindTool(ServiceSnapshot service, ReadOnlySpan<byte> quotedName)
    {
        if (quotedName.Length > UsualName) return FindOddTool(service, quotedName);
        Span<char> name = stackalloc char[UsualName];
        return JsonText.TryDecodePlain(quotedName, name, out var length) ? service.Catalog.OwnView.FindTool(name[..length]) : FindOddTool(service, quotedName);
    }

    private static CatalogEntry? FindOddTool(ServiceSnapshot service, ReadOnlySpan<byte> quotedName)
    {
        if (quotedName.Length > LongestName) return null;
        var reader = new Utf8JsonReader(quotedName);
        reader.Read();
        Span<char> name = stackalloc char[LongestName];
        var length = reader.CopyString(name);
        return service.Catalog.OwnView.FindTool(name[..length]);
    }

    private const int UsualName = 128;

    // MCP allows 128 characters; servers that do not care are still let through, with every character escaped.
    private const int LongestName = 1024;
}
