using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Storage;

/// <summary>What whoever may write to a store can write there.</summary>
public sealed class StoredFormTests
{
    [Theory]
    [InlineData("../evil\n[x]", "{\"name\":\"../evil\\n[x]\",\"base_url\":\"http://127.0.0.1/\"}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"ftp://127.0.0.1/\"}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"file:///etc/passwd\"}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"/relative\"}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://user:pw@127.0.0.1/\"}")]
    [InlineData("x", "{\"name\":\"x\"}")]
    [InlineData("x", "{\"name\":\"y\",\"base_url\":\"http://127.0.0.1/\"}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"command\":\"sh\"}}")]
    [InlineData("x", "{\"name\":\"x\",\"protocol\":\"websocket\",\"base_url\":\"ws://127.0.0.1/\"}")]
    [InlineData("x", "{\"name\":\"x\",\"protocol\":\"stdio\",\"config\":{\"command\":\"sh\",\"env\":{\"LD_PRELOAD\":\"env:X\"}}}")]
    [InlineData("x", "{\"name\":\"x\",\"protocol\":\"stdio\",\"origin\":\"file\",\"config\":{\"command\":\"sh\",\"env\":{\"LD_PRELOAD\":\"/tmp/x.so\"}}}")]
    [InlineData("x", "{\"name\":\"x\",\"protocol\":\"stdio\",\"config\":{\"command\":\"sh\",\"replicas\":2000000000}}")]
    [InlineData("x", "{\"name\":\"x\",\"protocol\":\"stdio\",\"config\":{\"command\":\"sh\",\"args\":[null]}}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"instances\":[null]}}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"headers\":{\"A\":null}}}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"headers\":{\"A\":\"a\\r\\nB: b\"}}}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"headers\":{\"Host\":\"other\"}}}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"tools\":{\"a\":null}}}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"health\":{\"interval\":0.000001}}}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"load_balancing\":\"Mine\"}}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"tags\":[null]}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"api_key\":\"***\"}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"version\":9223372036854775807}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"version\":-1}")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"version\":1e400}")]
    [InlineData("x", "[]")]
    [InlineData("x", "")]
    [InlineData("x", "{\"name\":\"x\",\"base_url\":7}")]
    public void Nothing_passes_that_REST_would_not_take_and_nothing_throws(string name, string json)
    {
        Assert.Null(StoredForm.Read(name, json, one => one, null, out var fault));
        Assert.NotNull(fault);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("discovery")]
    [InlineData("api")]
    public void Whatever_it_says_of_itself_it_belongs_to_REST(string origin) =>
        Assert.Equal(RegistrationOrigin.Api, StoredForm.Read("x", $$"""{"name":"x","base_url":"http://127.0.0.1/","origin":"{{origin}}"}""", one => one, null, out _)!.Origin);

    [Fact]
    public void One_nested_without_measure_or_larger_than_anybody_could_register_is_not_read()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500);
        Assert.Null(StoredForm.Read("x", "{\"name\":\"x\",\"base_url\":\"http://127.0.0.1/\",\"config\":{\"tools\":{\"t\":{\"input_schema\":" + deep + "}}}}", one => one, null, out _));
        Assert.Null(StoredForm.Read("x", "{\"name\":\"x\"" + new string(' ', StoredForm.MostCharacters) + "}", one => one, null, out _));
    }
}
