using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Wire;

namespace McpRegistry.Core.Discovery;

/// <summary>Rewrites one entry of the file to the form REST takes, so that one reader and one set of rules serve both.</summary>
internal sealed class McpServersEntry(string directory, ISecretResolver secrets)
{
    private const string WorkspaceFolder = "${workspaceFolder}";

    private readonly List<RegistrationError> _errors = [];
    private readonly List<RegistrationError> _warnings = [];

    public ImmutableArray<RegistrationError> Errors => [.. _errors];

    public ImmutableArray<RegistrationError> Warnings => [.. _warnings];

    /// <summary>True when the entry is switched off; nothing else of it was looked at.</summary>
    public bool IsOff { get; private set; }

    /// <summary>What the entry calls its address.</summary>
    public string Address { get; private set; } = "url";

    /// <summary>The entry as REST would take it. Null: there is nothing to register, because of an error or because it is switched off.</summary>
    public ReadOnlyMemory<byte>? Rewrite(string name, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object) return Nothing(FieldPath.Root, "It must be an object.");
        var members = entry.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).ToList();
        IsOff = members.Exists(member => McpServersFields.OfSwitch.TryGetValue(member.Name, out var off) && member.Value.ValueKind == off);
        if (IsOff) return null;
        if (!members.Exists(member => member.Name is "command" or "instances" || McpServersFields.OfAddress.Contains(member.Name)))
            return Nothing(FieldPath.Root, "It needs a command (stdio) or a url (http).");

        var kind = McpServersKind.Of(members);
        if (kind.Problem is { } problem) _errors.Add(problem);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            kind.WriteTo(writer);
            foreach (var member in members) WriteOwn(member, writer);
            writer.WriteStartObject("config");
            foreach (var member in members.Where(one => McpServersFields.OfConfig.Contains(one.Name))) WriteConfig(member, writer);
            if (kind.IsStdio && !members.Exists(one => one.Name == "cwd")) writer.WriteString("cwd", directory);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return output.WrittenMemory;
    }

    private ReadOnlyMemory<byte>? Nothing(string field, string message)
    {
        _errors.Add(new RegistrationError(field, message));
        return null;
    }

    private void WriteOwn(JsonProperty member, Utf8JsonWriter writer)
    {
        if (McpServersFields.OfAddress.Contains(member.Name))
        {
            Address = member.Name;
            writer.WritePropertyName("base_url");
            Write(member.Value, "base_url", writer, Fill);
        }
        else if (McpServersFields.OfRegistration.Contains(member.Name))
        {
            writer.WritePropertyName(member.Name);
            Write(member.Value, member.Name, writer, (_, text) => text);
        }
        else if (McpServersFields.OfSwitch.ContainsKey(member.Name))
        {
            if (member.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) _errors.Add(new RegistrationError(member.Name, "It must be true or false."));
        }
        else if (!McpServersFields.OfConfig.Contains(member.Name) && !McpServersKind.Members.Contains(member.Name))
        {
            _warnings.Add(new RegistrationError(FieldPath.Member(FieldPath.Root, member.Name), "There is no such member; it is ignored."));
        }
    }

    private void WriteConfig(JsonProperty member, Utf8JsonWriter writer)
    {
        writer.WritePropertyName(member.Name);
        if (member.Name is "args" or "env" or "headers" && member.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            WriteTexts(member, writer);
            return;
        }

        Write(member.Value, member.Name, writer, member.Name switch
        {
            "cwd" or "authority_file" => (field, text) => FromDirectory(Fill(field, text)),
            "instances" => Fill,
            _ => (_, text) => text,
        });
    }

    // Programs and headers know only text, so it is clear what a number is meant to be; a variable that is null is not given.
    private void WriteTexts(JsonProperty member, Utf8JsonWriter writer)
    {
        if (member.Value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            writer.WriteStartArray();
            foreach (var one in member.Value.EnumerateArray()) WriteText(one, FieldPath.Element(member.Name, index++), writer);
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        foreach (var one in member.Value.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.Null))
        {
            writer.WritePropertyName(one.Name);
            WriteText(one.Value, FieldPath.Member(member.Name, one.Name), writer);
        }
        writer.WriteEndObject();
    }

    private void WriteText(JsonElement value, string field, Utf8JsonWriter writer)
    {
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) writer.WriteStringValue(value.GetRawText());
        else Write(value, field, writer, (_, text) => text);
    }

    private void Write(JsonElement value, string field, Utf8JsonWriter writer, Func<string, string, string> finish)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, FieldPath.Member(field, member.Name), writer, finish);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                var index = 0;
                writer.WriteStartArray();
                foreach (var one in value.EnumerateArray()) Write(one, FieldPath.Element(field, index++), writer, finish);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(finish(field, Place(field, value.GetString()!)));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private string Place(string field, string text)
    {
        if (text.Contains("${input:", StringComparison.Ordinal))
            _errors.Add(new RegistrationError(field, "Only an editor can ask for an input; name an environment variable instead: ${NAME}."));
        return text.Replace(WorkspaceFolder, directory, StringComparison.Ordinal);
    }

    // A NUL is no path to the framework; the rules for folders will refuse it by name.
    private string FromDirectory(string path) => path.Contains('\0', StringComparison.Ordinal) ? path : Path.GetFullPath(path, directory);

    private string Fill(string field, string text)
    {
        if (!text.Contains("${", StringComparison.Ordinal)) return text;
        try
        {
            return secrets.Resolve(text);
        }
        catch (SecretNotFoundException missing)
        {
            _errors.Add(new RegistrationError(field, missing.Message));
            return text;
        }
    }
}
