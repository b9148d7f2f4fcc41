using System.Text.RegularExpressions;

using McpRegistry.Tests.Acceptance.Harness;
using McpRegistry.Tests.Samples;

using Arguments = System.Collections.Generic.Dictionary<string, object?>;

namespace McpRegistry.Tests.StdioBridge;

/// <summary>A stdio server and how to use everything it has.</summary>
internal sealed partial record ServerUnderTest(string Command, string[] CommandArguments)
{
    private const string Env = "get-env";

    /// <summary>A variable that the server is started with.</summary>
    public static readonly KeyValuePair<string, string> Declared = new("BRIDGE_TEST", "declared for the server");

    /// <summary>By tool, the arguments of each call.</summary>
    public required Dictionary<string, Arguments[]> Calls { get; init; }

    public Dictionary<string, Arguments> Prompts { get; init; } = [];

    /// <summary>Prompt and argument to complete.</summary>
    public Dictionary<string, string> Completions { get; init; } = [];

    public string[] TemplateUris { get; init; } = [];

    /// <summary>What tells the time or of its process: numbers and blobs in it are not compared.</summary>
    public string[] Volatile { get; init; } = [];

    public bool HasPrompts { get; init; } = true;

    public bool HasResources { get; init; } = true;

    /// <summary>Leaves out of an answer what no two processes have in common.</summary>
    public string Settle(string what, string answer) =>
        what == Env ? $"has the variable: {answer.Contains(Declared.Value, StringComparison.Ordinal)}"
        : Volatile.Contains(what) ? Passing().Replace(answer, "")
        : answer;

    public static ServerUnderTest Of(string name, TemporaryFolder folder) => name switch
    {
        "sample" => Sample(),
        "everything" => Everything(),
        _ => Filesystem(folder),
    };

    // Not called: crash, hang and cut, which give no answer by design, and change_tools, which would change the lists for the others.
    private static ServerUnderTest Sample() => new(SampleServerProcess.Command, SampleServerProcess.StdioArguments())
    {
        Calls = new()
        {
            ["echo"] = [new() { ["message"] = "grüße \" \\ \u2028 😀" }, new() { ["message"] = 7 }, []],
            ["add"] = [new() { ["a"] = 1.5, ["b"] = 2 }],
            ["big"] = [new() { ["bytes"] = 200_000 }],
            ["whoami"] = [[]],
            ["set_value"] = [new() { ["key"] = "k", ["value"] = "v" }],
            ["add_row"] = [new() { ["call_id"] = "c", ["text"] = "t" }],
            ["cancelled_count"] = [[]],
            ["fail"] = [[], new() { ["message"] = "nö" }],
            ["protocol_error"] = [[]],
            ["delay"] = [new() { ["ms"] = 20 }],
            ["delay_unsafe"] = [new() { ["ms"] = 20 }],
            ["progress"] = [new() { ["steps"] = 2 }],
            ["log"] = [new() { ["message"] = "m" }],
        },
        Prompts = new() { ["greeting"] = new() { ["name"] = "Ada" }, ["summary"] = [] },
        Completions = new() { ["greeting"] = "name" },
        TemplateUris = ["sample://item/7"],
        Volatile = ["whoami"],
    };

    private static ServerUnderTest Everything() => new(Npm.Node, [Npm.Module("@modelcontextprotocol", "server-everything", "dist", "index.js"), "stdio"])
    {
        Calls = new()
        {
            ["echo"] = [new() { ["message"] = "hello" }, []],
            ["get-annotated-message"] = [new() { ["messageType"] = "error" }, new() { ["messageType"] = "success", ["includeImage"] = true }, new() { ["messageType"] = "other" }],
            [Env] = [[]],
            ["get-resource-links"] = [new() { ["count"] = 3 }],
            ["get-resource-reference"] = [new() { ["resourceType"] = "Blob", ["resourceId"] = 2 }],
            ["get-structured-content"] = [new() { ["location"] = "Chicago" }],
            ["get-sum"] = [new() { ["a"] = 1, ["b"] = 0.25 }],
            ["get-tiny-image"] = [[]],
            ["gzip-file-as-resource"] = [new() { ["name"] = "x.gz", ["data"] = "data:text/plain,hello", ["outputType"] = "resource" }],
            ["toggle-simulated-logging"] = [[], []],
            ["toggle-subscriber-updates"] = [[], []],
            ["trigger-long-running-operation"] = [new() { ["duration"] = 0.2, ["steps"] = 2 }],
            ["simulate-research-query"] = [new() { ["topic"] = "bridges" }],
        },
        Prompts = new()
        {
            ["simple-prompt"] = [],
            ["args-prompt"] = new() { ["city"] = "Paris", ["state"] = "Texas" },
            ["completable-prompt"] = new() { ["department"] = "Sales", ["name"] = "David" },
            ["resource-prompt"] = new() { ["resourceType"] = "Text", ["resourceId"] = "1" },
        },
        Completions = new() { ["completable-prompt"] = "department" },
        TemplateUris = ["demo://resource/dynamic/text/3", "demo://resource/dynamic/blob/3"],
        Volatile = ["get-resource-reference", "resource-prompt", "demo://resource/dynamic/text/3", "demo://resource/dynamic/blob/3"],
    };

    private static ServerUnderTest Filesystem(TemporaryFolder folder)
    {
        var (note, moved, inner) = (folder.File("note.txt"), folder.File("moved.txt"), folder.File("inner"));
        return new(Npm.Node, [Npm.Module("@modelcontextprotocol", "server-filesystem", "dist", "index.js"), folder.Path])
        {
            HasPrompts = false,
            HasResources = false,
            Calls = new()
            {
                ["write_file"] = [new() { ["path"] = note, ["content"] = "one\ntwo\nthree\n" }, new() { ["path"] = "/etc/not-allowed", ["content"] = "" }],
                ["edit_file"] = [new() { ["path"] = note, ["edits"] = new[] { new { oldText = "two", newText = "2" } } }],
                ["read_file"] = [new() { ["path"] = note }],
                ["read_text_file"] = [new() { ["path"] = note, ["head"] = 1 }, new() { ["path"] = folder.File("none") }],
                ["read_media_file"] = [new() { ["path"] = note }],
                ["read_multiple_files"] = [new() { ["paths"] = new[] { note, folder.File("none") } }],
                ["create_directory"] = [new() { ["path"] = inner }],
                ["list_directory"] = [new() { ["path"] = folder.Path }],
                ["list_directory_with_sizes"] = [new() { ["path"] = folder.Path }],
                ["directory_tree"] = [new() { ["path"] = folder.Path }],
                ["search_files"] = [new() { ["path"] = folder.Path, ["pattern"] = "*.txt" }],
                ["get_file_info"] = [new() { ["path"] = note }],
                ["list_allowed_directories"] = [[]],
                ["move_file"] = [new() { ["source"] = note, ["destination"] = moved }, new() { ["source"] = moved, ["destination"] = note }],
            },
            Volatile = ["get_file_info"],
        };
    }

    [GeneratedRegex("""[0-9]|(?<="blob":)"[^"]*"|(AM|PM)""")]
    private static partial Regex Passing();
}
