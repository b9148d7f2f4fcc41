using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>Writes the body of a request from the arguments that belong to it.</summary>
internal static class PlainBodyWriter
{
    /// <summary>The request with its body; without one where no argument is given for a body that may be left out.</summary>
    /// <exception cref="ArgumentRefusedException">An argument cannot be sent.</exception>
    public static PlainRequest AddTo(PlainRequest request, PlainTool tool, PlainBody body, PlainArguments arguments)
    {
        if (body.Argument is { } name)
        {
            if (arguments.TryGet(name, out var value)) return WithValue(request, body, name, value);
            return body.IsRequired ? throw new ArgumentRefusedException($"The argument \"{name}\" is missing; it is the body.") : request;
        }

        var members = arguments.Rest(tool).ToList();
        if (members.Count == 0 && !body.IsRequired) return request;
        return body.Format == PlainFormat.Json ? request with { Body = JsonObject(members), ContentType = body.ContentType } : WithFields(request, body, members);
    }

    private static PlainRequest WithValue(PlainRequest request, PlainBody body, string name, JsonElement value)
    {
        switch (body.Format)
        {
            case PlainFormat.Json:
                return request with { Body = BytesOf(JsonMarshal.GetRawUtf8Value(value)), ContentType = body.ContentType };
            case PlainFormat.Text:
                var text = ParameterText.TextOf(name, value);
                var isAscii = Ascii.IsValid(text) || body.ContentType.Contains("charset", StringComparison.OrdinalIgnoreCase);
                return request with { Body = BytesOf(Encoding.UTF8.GetBytes(text)), ContentType = isAscii ? body.ContentType : body.ContentType + "; charset=utf-8" };
            case PlainFormat.Binary:
                return request with { Body = BytesOf(MultipartBody.BytesOf(name, value)), ContentType = body.ContentType };
            case var _ when value.ValueKind == JsonValueKind.Object:
                return WithFields(request, body, [.. value.EnumerateObject()]);
            default:
                throw new ArgumentRefusedException($"The argument \"{name}\" must be an object, the fields of a form.");
        }
    }

    private static PlainRequest WithFields(PlainRequest request, PlainBody body, List<JsonProperty> members)
    {
        var fields = members.Where(member => member.Value.ValueKind != JsonValueKind.Null)
            .Select(member => new KeyValuePair<string, JsonElement>(ParameterText.NameOf("body", member), member.Value)).ToList();
        if (body.Format == PlainFormat.Form) return request with { Body = BytesOf(Encoding.ASCII.GetBytes(UrlEncoded(body, fields))), ContentType = body.ContentType };
        var multipart = MultipartBody.Write(body, fields, out var boundary);
        return request with { Body = multipart, ContentType = $"{body.ContentType}; boundary={boundary}" };
    }

    private static string UrlEncoded(PlainBody body, List<KeyValuePair<string, JsonElement>> fields)
    {
        var pairs = fields.Select(field =>
        {
            var known = body.Fields.GetValueOrDefault(field.Key);
            // Without a style a list is repeated and an object is JSON (OpenAPI 3, Encoding Object, contentType).
            var isJson = known is { IsJson: true } || (known?.Style is null && field.Value.ValueKind == JsonValueKind.Object);
            var style = isJson ? PlainStyle.Json : known?.Style?.Style ?? PlainStyle.Form;
            return ParameterText.InQuery(
                new PlainParameter
                {
                    Argument = field.Key,
                    Name = field.Key,
                    In = PlainLocation.Query,
                    Style = style,
                    Explode = known?.Style?.Explode ?? true,
                    AllowReserved = known?.Style?.AllowReserved ?? false,
                },
                field.Value);
        });
        return string.Join('&', pairs.Where(pair => pair.Length > 0));
    }

    // Raw, so that numbers stay as they were written and nothing is decoded that is only passed on.
    private static PooledBytes JsonObject(List<JsonProperty> members)
    {
        var output = new PooledBytes();
        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            output.Write(i == 0 ? "\""u8 : ",\""u8);
            output.Write(JsonMarshal.GetRawUtf8PropertyName(members[i]));
            output.Write("\":"u8);
            output.Write(JsonMarshal.GetRawUtf8Value(members[i].Value));
        }

        output.Write("}"u8);
        return output;
    }

    private static PooledBytes BytesOf(ReadOnlySpan<byte> bytes)
    {
        var output = new PooledBytes(Math.Max(bytes.Length, 16));
        output.Write(bytes);
        return output;
    }
}
