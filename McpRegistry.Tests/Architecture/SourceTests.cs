using System.Text.RegularExpressions;

namespace McpRegistry.Tests.Architecture;

/// <summary>Rules that only the text of the sources shows.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 400;
    private const int MostLinesOfProgram = 60;

    public static TheoryData<string> Programs => [.. Repository.Files("Program.cs").Where(path => !path.StartsWith("samples", StringComparison.Ordinal))];

    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        var tooLong = Repository.Files("*.cs").Select(path => (Path: path, Lines: LinesOf(path))).Where(one => one.Lines > MostLines);

        Assert.Empty(tooLong);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Program_reads_as_a_table_of_contents(string path) => Assert.InRange(LinesOf(path), 1, MostLinesOfProgram);

    /// <summary>Two requests that leave by different doors are guarded twice or not at all.</summary>
    [Fact]
    public void Outgoing_HTTP_is_made_in_one_folder()
    {
        var home = Path.Combine("McpRegistry.Core", "Upstream", "Http");
        var elsewhere = Repository.Files("*.cs")
            .Where(path => !path.StartsWith(home, StringComparison.Ordinal) && !path.Contains(".Tests/", StringComparison.Ordinal)
                && !path.StartsWith("samples", StringComparison.Ordinal) && !path.StartsWith("benchmarks", StringComparison.Ordinal))
            .Where(path => MakesAnHttpClient().IsMatch(Repository.Read(path)));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Nothing_is_left_to_do() =>
        Assert.DoesNotContain(Repository.Files("*.cs"), path => Path.GetFileName(path) != "SourceTests.cs" && LeftOpen().IsMatch(Repository.Read(path)));

    [Fact]
    public void No_file_gives_itself_a_name_that_says_nothing() =>
        Assert.DoesNotContain(Repository.Files("*.cs"), path => EmptyName().IsMatch(Path.GetFileNameWithoutExtension(path)));

    private static int LinesOf(string path) => File.ReadLines(Repository.PathOf(path)).Count();

    [GeneratedRegex(@"new\s+(HttpClient|HttpMessageInvoker|SocketsHttpHandler|HttpClientHandler)\b|(HttpClient|HttpMessageInvoker|SocketsHttpHandler)\s+\w+\s*=\s*new\(")]
    private static partial Regex MakesAnHttpClient();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex LeftOpen();

    [GeneratedRegex(@"(Manager|Helper|Helpers|Utils|Util)$")]
    private static partial Regex EmptyName();
}
