using McpRegistry.Core.Registration;
using McpRegistry.Tests.Storage;

namespace McpRegistry.Tests.Registration;

public sealed class SecretResolverTests
{
    private readonly SecretResolver _resolver = new(name => name switch
    {
        "TOKEN" => "t-1",
        "EMPTY" => "",
        _ => null,
    });

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("env:TOKEN", "t-1")]
    [InlineData("env:EMPTY", "")]
    [InlineData("env:not a name", "env:not a name")]
    [InlineData("my env:TOKEN", "my env:TOKEN")]
    [InlineData("${TOKEN}", "t-1")]
    [InlineData("Bearer ${TOKEN}, ${env:TOKEN}", "Bearer t-1, t-1")]
    [InlineData("${MISSING:-fallback}", "fallback")]
    [InlineData("${EMPTY:-fallback}", "fallback")]
    [InlineData("${TOKEN:-fallback}", "t-1")]
    [InlineData("${env:MISSING:-}", "")]
    [InlineData("${EMPTY}", "")]
    [InlineData("$TOKEN ${} ${a b} ${", "$TOKEN ${} ${a b} ${")]
    [InlineData("file:./dev.db", "file:./dev.db")]
    [InlineData("file:///data/memory.db", "file:///data/memory.db")]
    public void References_are_replaced_and_the_rest_stays(string value, string expected) => Assert.Equal(expected, _resolver.Resolve(value));

    [Theory]
    [InlineData("env:MISSING")]
    [InlineData("${MISSING}")]
    [InlineData("hidden-part ${MISSING}")]
    public void A_missing_variable_is_named_and_no_value_is(string value)
    {
        var missing = Assert.Throws<SecretNotFoundException>(() => _resolver.Resolve(value));

        Assert.Equal("The environment variable MISSING is not set.", missing.Message);
    }

    [Fact]
    public void A_file_is_read_at_each_use_without_the_line_break_at_its_end()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("key"), "f-1\n");
        Assert.Equal("f-1", _resolver.Resolve("file:" + folder.File("key")));

        File.WriteAllText(folder.File("key"), "f-2");
        Assert.Equal("f-2", _resolver.Resolve("file:" + folder.File("key")));
    }

    [Fact]
    public void A_missing_or_huge_file_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("huge"), new byte[70_000]);

        Assert.Contains(folder.File("none"), Assert.Throws<SecretNotFoundException>(() => _resolver.Resolve("file:" + folder.File("none"))).Message, StringComparison.Ordinal);
        Assert.Contains(folder.File("huge"), Assert.Throws<SecretNotFoundException>(() => _resolver.Resolve("file:" + folder.File("huge"))).Message, StringComparison.Ordinal);
        Assert.Throws<SecretNotFoundException>(() => _resolver.Resolve("file:" + folder.Path));
    }
}
