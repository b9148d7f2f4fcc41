using System.Net;

using McpRegistry.AppHost.Registry;

using Microsoft.Extensions.DependencyInjection;

namespace McpRegistry.AppHost.Tests;

/// <summary>What the dashboard asks of the registry: reading is repeated after a failure that passes, a call never is.</summary>
public sealed class RegistryHttpTests
{
    [Fact]
    public async Task What_is_only_read_is_asked_for_again_after_a_503()
    {
        var registry = new FailingOnce();
        await using var services = Clients(registry);

        using var answer = await services.GetRequiredService<IHttpClientFactory>().CreateClient(RegistryClient.ReadingClient).GetAsync(new Uri("http://registry.invalid/api/services"));

        Assert.Equal((HttpStatusCode.OK, 2), (answer.StatusCode, registry.Requests));
    }

    [Theory]
    [InlineData(RegistryClient.CallingClient)]
    [InlineData(RegistryClient.ReadingClient)]
    public async Task A_call_of_a_tool_is_sent_once_whichever_client_it_is_given_to(string client)
    {
        var registry = new FailingOnce();
        await using var services = Clients(registry);

        using var answer = await services.GetRequiredService<IHttpClientFactory>().CreateClient(client).PostAsync(new Uri("http://registry.invalid/api/services/pay/call"), null);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 1), (answer.StatusCode, registry.Requests));
    }

    [Fact]
    public async Task The_client_of_calls_has_no_handler_that_repeats_even_what_may_be_repeated()
    {
        var registry = new FailingOnce();
        await using var services = Clients(registry);

        using var answer = await services.GetRequiredService<IHttpClientFactory>().CreateClient(RegistryClient.CallingClient).GetAsync(new Uri("http://registry.invalid/api/services"));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 1), (answer.StatusCode, registry.Requests));
    }

    private static ServiceProvider Clients(HttpMessageHandler registry)
    {
        var services = new ServiceCollection().AddRegistryHttp();
        foreach (var client in (string[])[RegistryClient.CallingClient, RegistryClient.ReadingClient])
            services.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(() => registry);
        return services.BuildServiceProvider();
    }

    private sealed class FailingOnce : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(++Requests == 1 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
            answer.Headers.TryAddWithoutValidation("Retry-After", "0");
            return Task.FromResult(answer);
        }
    }
}
