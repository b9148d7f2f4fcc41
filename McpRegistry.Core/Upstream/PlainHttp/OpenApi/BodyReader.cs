using System.Text.Json.Nodes;

namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>Reads Request Body Objects: the arguments they ask for, and how these are written.</summary>
internal sealed class BodyReader(JsonObject document, SchemaClosure schemas, BodyShapes shapes)
{
    /// <summary>Adds the body's arguments to those of the parameters. Null: the operation has no body.</summary>
    /// <param name="arguments">Those of the parameters.</param>
    /// <param name="operation">The Operation Object.</param>
    /// <param name="isWhole">True: all arguments together are the body, if it is JSON and may be an object.</param>
    /// <param name="leaveOut">Hears what cannot be sent although the rest can.</param>
    /// <exception cref="NotSendableException">The operation must have a body, and it cannot be written.</exception>
    public PlainBody? AddTo(ArgumentSchema arguments, JsonObject operation, bool isWhole, Action<string> leaveOut)
    {
        if (document.Resolve(operation["requestBody"]) is not { } body || body.Object("content") is not { Count: > 0 } content) return null;
        var isRequired = body.Flag("required") ?? false;
        if (Choose(content) is not var (mediaType, format))
        {
            var types = string.Join(", ", content.Take(MaxMediaTypes).Select(pair => pair.Key).Where(MediaTypes.IsSound).Take(3));
            if (isRequired) throw new NotSendableException($"its body is {(types.Length > 0 ? types : "of no media type")}, which cannot be written");
            leaveOut($"its body is {types}, which cannot be written; it is called without");
            return null;
        }

        var media = content[mediaType] as JsonObject;
        var written = new PlainBody { Format = format, ContentType = MediaTypes.Sent(mediaType), IsRequired = isRequired };
        if (format is PlainFormat.Text or PlainFormat.Binary)
        {
            var text = new JsonObject { ["type"] = "string", ["description"] = body.ShortText("description") ?? $"The body, {written.ContentType}." };
            if (format == PlainFormat.Binary) text["contentEncoding"] = "base64";
            return written with { Argument = arguments.Add("body", text, isRequired) };
        }

        var schema = media?["schema"];
        var fields = document.Resolve(schema);
        if (isWhole && format == PlainFormat.Json && (schema is null || (fields is not null && (fields["type"] is null || fields.Text("type") == "object"))))
        {
            arguments.Whole = OperationReader.Described(schemas, schemas.Copy(fields), body);
            return PlainBody.WholeJson with { ContentType = written.ContentType };
        }

        if (format is PlainFormat.Form or PlainFormat.Multipart) written = written with { Fields = shapes.FieldsOf(fields, media.Object("encoding"), format) };
        // The fields become arguments of their own where nothing is lost by it.
        if (fields is null || !shapes.IsFlat(fields) || !arguments.AreFree(fields.Object("properties")!))
            return written with { Argument = arguments.Add("body", OperationReader.Described(schemas, Adapted(schemas.Copy(schema), written, fields), body), isRequired) };

        Flatten(arguments, fields, written);
        return written;
    }

    private const int MaxMediaTypes = 64;

    // JSON says most, a form less; the first of its kind is taken.
    private static (string MediaType, PlainFormat Format)? Choose(JsonObject content) =>
        content.Take(MaxMediaTypes).Where(pair => MediaTypes.IsSound(pair.Key) && MediaTypes.FormatOf(pair.Key) is not null)
            .Select(pair => ((string, PlainFormat)?)(pair.Key, MediaTypes.FormatOf(pair.Key)!.Value))
            .OrderBy(choice => choice!.Value.Item2).FirstOrDefault();

    private void Flatten(ArgumentSchema arguments, JsonObject fields, PlainBody written)
    {
        var copy = schemas.Copy(fields);
        var required = copy.Items("required").Select(name => name!.GetValue<string>()).ToHashSet();
        var properties = copy.Object("properties") ?? [];
        var own = properties.ToList();
        // All at once: taking them out one by one moves the others each time.
        properties.Clear();
        foreach (var (name, field) in own)
        {
            arguments.Add(name, Field(field as JsonObject ?? [], written, name), written.IsRequired && required.Contains(name));
        }

        if (copy["additionalProperties"] is { } more)
        {
            copy.Remove("additionalProperties");
            arguments.Others = more;
        }
    }

    private static JsonObject Adapted(JsonObject schema, PlainBody written, JsonObject? fields)
    {
        if (written.Fields.IsEmpty || schema.Object("properties") is not { } own)
        {
            if (written.Format is PlainFormat.Form or PlainFormat.Multipart && fields is not null && fields["type"] is null && !schema.ContainsKey("$ref")) schema["type"] = "object";
            return schema;
        }

        foreach (var (name, field) in own.ToList()) own[name] = Field((field as JsonObject)?.DeepClone().AsObject() ?? [], written, name);
        return schema;
    }

    // A file is given as base64, and its schema says so in JSON Schema's words.
    private static JsonObject Field(JsonObject schema, PlainBody written, string name)
    {
        if (written.Fields.GetValueOrDefault(name) is not { IsBinary: true }) return schema;
        var one = schema.Object("items") ?? schema;
        one.Remove("format");
        one.Remove("contentMediaType");
        one["type"] = "string";
        one["contentEncoding"] = "base64";
        return schema;
    }
}
