using System.Security.Cryptography.X509Certificates;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Upstream;
using McpRegistry.Tests.Redis;

namespace McpRegistry.Tests.Upstream.Http;

public sealed class AuthorityFileTests : IDisposable
{
    private readonly RedisCertificates _own = new();
    private readonly RedisCertificates _foreign = new();

    public void Dispose()
    {
        _own.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public async Task A_server_whose_certificate_is_of_the_services_own_authority_is_reached()
    {
        await using var server = await StartAsync();
        await using var upstream = await UpstreamUnderTest.ConnectAsync(Address(server, "localhost"), Service(_own.AuthorityFile));

        Assert.Equal("2026-07-28", upstream.Client.Connection!.ProtocolVersion);
    }

    [Fact]
    public async Task Without_the_file_or_with_that_of_others_it_is_not()
    {
        await using var server = await StartAsync();
        foreach (var file in new[] { null, _foreign.AuthorityFile })
        {
            await using var upstream = new UpstreamUnderTest(Address(server, "localhost"), Service(file));

            var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

            Assert.Contains("not trusted", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_taken_whoever_signed_it()
    {
        await using var server = await StartAsync();
        await using var upstream = new UpstreamUnderTest(Address(server, "127.0.0.1"), Service(_own.AuthorityFile));

        var failure = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);

        Assert.Contains("not trusted", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_of_no_use_is_named_and_one_put_right_is_read_anew()
    {
        await using var server = await StartAsync();
        var good = await File.ReadAllTextAsync(_own.AuthorityFile);
        File.Delete(_own.AuthorityFile);
        await using var upstream = new UpstreamUnderTest(Address(server, "localhost"), Service(_own.AuthorityFile));

        var missing = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);
        await File.WriteAllTextAsync(_own.AuthorityFile, "no certificate");
        var empty = await Assert.ThrowsAsync<UpstreamException>(upstream.ConnectAsync);
        await File.WriteAllTextAsync(_own.AuthorityFile, good);
        await upstream.ConnectAsync();

        Assert.Contains("authority_file cannot be read", missing.Message, StringComparison.Ordinal);
        Assert.Contains("authority_file holds no certificate", empty.Message, StringComparison.Ordinal);
    }

    private Task<RawServer> StartAsync()
    {
        var certificate = X509Certificate2.CreateFromPemFile(_own.CertificateFile, _own.KeyFile);
        return RawServer.StartTlsAsync(certificate, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            if (body.Length == 0) context.Response.StatusCode = 405;
            else await ScriptedServer.JsonAsync(context, 200, $"{{\"jsonrpc\":\"2.0\",\"id\":{System.Text.Json.JsonElement.Parse(body).GetProperty("id")},\"result\":{{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{{}}}}}}");
        });
    }

    private static Uri Address(RawServer server, string host) => new($"https://{host}:{server.Base.Port}/mcp");

    private static ServiceRegistration Service(string? authorityFile) => new() { Name = "private", Config = new ServiceConfig { AuthorityFile = authorityFile } };
}
