using System.Text;

namespace McpRegistry.Tests.Upstream.PlainHttp;

/// <summary>What a service answers comes back as what it is.</summary>
public sealed class ResultTests
{
    private static readonly byte[] Picture = [0x89, (byte)'P', (byte)'N', (byte)'G', 0xff, 0xfe, 0];

    [Theory]
    [InlineData("image/png", "image")]
    [InlineData("IMAGE/JPEG", "image")]
    [InlineData("audio/wav", "audio")]
    public async Task Pictures_and_sounds_are_content_of_their_kind(string mediaType, string kind)
    {
        await using var service = await ServiceAsync(mediaType, Picture);

        var content = (await service.ResultAsync()).GetProperty("content")[0];

        Assert.Equal((kind, mediaType.ToLowerInvariant()), (content.GetProperty("type").GetString(), content.GetProperty("mimeType").GetString()));
        Assert.Equal(Picture, content.GetProperty("data").GetBytesFromBase64());
    }

    [Theory]
    [InlineData("application/pdf", "application/pdf")]
    [InlineData("application/octet-stream", "application/octet-stream")]
    [InlineData("video/mp4", "video/mp4")]
    [InlineData(null, "application/octet-stream")]
    [InlineData("text/plain; charset=x-nobody-knows", "text/plain")]
    public async Task Other_bytes_are_an_embedded_resource(string? contentType, string mediaType)
    {
        await using var service = await ServiceAsync(contentType, Picture);

        var content = (await service.ResultAsync()).GetProperty("content")[0];

        Assert.Equal("resource", content.GetProperty("type").GetString());
        var resource = content.GetProperty("resource");
        Assert.Equal(mediaType, resource.GetProperty("mimeType").GetString());
        Assert.Equal(Picture, resource.GetProperty("blob").GetBytesFromBase64());
        Assert.True(Uri.TryCreate(resource.GetProperty("uri").GetString(), UriKind.Absolute, out _));
    }

    public static TheoryData<string?, byte[], string> Texts => new()
    {
        { "text/plain; charset=iso-8859-1", Encoding.Latin1.GetBytes("Grüße"), "Grüße" },
        { "text/plain; charset=ISO-8859-1", [0x93, (byte)'q', 0x94, 0x80], "“q”€" },
        { "text/plain; charset=windows-1252", [0x80, 0xfc], "€ü" },
        { "text/plain; charset=\"windows-1251\"", [0xcf, 0xf0], "Пр" },
        { "text/plain; charset=shift_jis", [0x93, 0xfa], "日" },
        { "text/plain; charset=utf-16", [0xff, 0xfe, (byte)'a', 0], "a" },
        { "text/plain; charset=utf-16le", [(byte)'a', 0, 0xfc, 0], "aü" },
        { "text/plain", Encoding.Latin1.GetBytes("Grüße"), "Grüße" },
        { "text/plain", Encoding.UTF8.GetBytes("Grüße"), "Grüße" },
        { "text/csv; charset=utf-8", [0xef, 0xbb, 0xbf, (byte)'a'], "a" },
        { "text/plain", [0xfe, 0xff, 0, (byte)'a'], "a" },
        { null, Encoding.UTF8.GetBytes("plain ü"), "plain ü" },
        { "no media type", Encoding.UTF8.GetBytes("plain ü"), "plain ü" },
        { "image/svg+xml", "<svg/>"u8.ToArray(), "<svg/>" },
        { "application/problem+json", "[1]"u8.ToArray(), "[1]" },
        { "application/xml; charset=iso-8859-1", Encoding.Latin1.GetBytes("<ü/>"), "<ü/>" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Text_is_read_in_its_own_encoding(string? contentType, byte[] bytes, string text)
    {
        await using var service = await ServiceAsync(contentType, bytes);

        Assert.Equal($$"""{"content":[{"type":"text","text":{{System.Text.Json.JsonSerializer.Serialize(text)}}}]}""", System.Text.Json.JsonSerializer.Serialize(await service.ResultAsync()));
    }

    [Theory]
    [InlineData("application/json; charset=iso-8859-1", false)]
    [InlineData("application/json", true)]
    public async Task An_object_in_another_encoding_is_an_object(string contentType, bool hasMark)
    {
        byte[] bytes = hasMark ? [0xef, 0xbb, 0xbf, .. "{\"a\":\"ü\"}"u8] : Encoding.Latin1.GetBytes("{\"a\":\"ü\"}");
        await using var service = await ServiceAsync(contentType, bytes);

        var result = await service.ResultAsync();

        Assert.Equal("ü", result.GetProperty("structuredContent").GetProperty("a").GetString());
        Assert.Equal("{\"a\":\"ü\"}", result.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_was_made_is_named_where_nothing_else_is_said()
    {
        await using var service = await ServiceAsync(null, []);
        service.OnCall = context =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers.Location = "/orders/7";
            return Task.CompletedTask;
        };

        Assert.Equal("HTTP 201: /orders/7", (await service.ResultAsync()).GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task An_empty_answer_is_an_empty_result()
    {
        await using var service = await ServiceAsync(null, []);
        service.OnCall = context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        };

        Assert.Equal("""{"content":[]}""", (await service.ResultAsync()).GetRawText());
    }

    [Fact]
    public async Task A_large_picture_comes_back_whole()
    {
        var bytes = new byte[4 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        await using var service = await ServiceAsync("image/png", bytes);

        Assert.Equal(bytes, (await service.ResultAsync()).GetProperty("content")[0].GetProperty("data").GetBytesFromBase64());
    }

    [Fact]
    public async Task An_error_that_is_no_text_is_told_without_garbage()
    {
        await using var service = await ServiceAsync("image/png", Picture, status: 500);

        Assert.Equal("HTTP 500: 7 bytes that are no text", (await service.ResultAsync()).GetProperty("content")[0].GetProperty("text").GetString());
    }

    private static async Task<RecordingService> ServiceAsync(string? contentType, byte[] body, int status = 200)
    {
        var service = await RecordingService.WithOperationAsync("get", "/x", "\"summary\":\"x\"");
        service.OnCall = async context =>
        {
            context.Response.StatusCode = status;
            if (contentType is not null) context.Response.Headers.ContentType = contentType;
            await context.Response.Body.WriteAsync(body);
        };
        return service;
    }
}
