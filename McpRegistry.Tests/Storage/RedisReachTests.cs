using McpRegistry.Core.Storage;
using McpRegistry.Core.Storage.Redis;

namespace McpRegistry.Tests.Storage;

/// <summary>Which Redis may be used, by the words of its connection string alone.</summary>
public sealed class RedisReachTests
{
    [Theory]
    [InlineData("redis:6379")]
    [InlineData("redis:6379,password=")]
    [InlineData("10.0.0.5:6379,user=app")]
    [InlineData("localhost.example:6379")]
    [InlineData("127.0.0.1:6379,redis-2:6379")]
    [InlineData("sentinel1:26379,sentinel2:26379,serviceName=mymaster")]
    [InlineData("[2001:db8::1]:6379")]
    [InlineData("0.0.0.0:6379")]
    [InlineData("redis:6379,ssl=false")]
    public void A_Redis_beyond_this_machine_that_lets_everybody_in_is_refused_with_one_line_that_names_the_setting(string connection)
    {
        var refused = Assert.Throws<RegistryRefusedException>(() => RedisSettings.Read(RedisClientSource.Of(connection), new RedisOptions()));

        Assert.Contains("ConnectionStrings:redis", refused.Message, StringComparison.Ordinal);
        Assert.Contains("McpRegistry:Redis:SecretKey", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("redis:6379,password=x")]
    [InlineData("redis:6380,ssl=true")]
    [InlineData("localhost:6379")]
    [InlineData("127.0.0.1:6379")]
    [InlineData("127.0.0.2:6379,LOCALHOST:6380")]
    [InlineData("[::1]:6379")]
    [InlineData("[::ffff:127.0.0.1]:6379")]
    public void One_on_this_machine_or_behind_a_password_or_TLS_is_taken(string connection) =>
        Assert.NotEmpty(RedisSettings.Read(RedisClientSource.Of(connection), new RedisOptions()).EndPoints);

    [Fact]
    public void With_the_key_what_others_write_is_told_apart_and_so_any_is_taken() =>
        Assert.NotEmpty(RedisSettings.Read(RedisClientSource.Of("redis:6379"), new RedisOptions { SecretKey = RedisProcess.SecretKey }).EndPoints);

    [Fact]
    public async Task A_process_ends_before_it_connects()
    {
        await using var process = RedisProcess.Create("redis.invalid:6379", ("SecretKey", null));

        Assert.StartsWith("ConnectionStrings:redis: Redis at redis.invalid:6379 is beyond this machine", await process.OpenAsync(), StringComparison.Ordinal);
    }
}
