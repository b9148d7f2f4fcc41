using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Registration;

/// <summary>Files by which the platform knows the gateway are sent to nobody whom REST registered.</summary>
public sealed class PlatformFileTests
{
    [Theory]
    [InlineData("file:/var/run/secrets/kubernetes.io/serviceaccount/token")]
    [InlineData("file:/run/secrets/kubernetes.io/serviceaccount/token")]
    [InlineData("file:/run/secrets/mine/../kubernetes.io/serviceaccount/token")]
    [InlineData("file:/run//secrets/./kubernetes.io/serviceaccount/token")]
    [InlineData("file:/var/run/secrets/eks.amazonaws.com/serviceaccount/token")]
    [InlineData("file:/var/run/secrets/azure/tokens/azure-identity-token")]
    [InlineData("file:/proc/self/root/run/secrets/kubernetes.io/serviceaccount/token")]
    [InlineData("file:/proc/self/environ")]
    [InlineData("file:/dev/stdin")]
    public void A_reference_to_one_is_refused_in_every_field(string reference)
    {
        if (OperatingSystem.IsWindows()) return;
        var http = new ServiceRegistration { Name = "a", BaseUrl = new Uri("http://h"), ApiKey = reference };
        Assert.Equal(["api_key"], FieldsOf(http));
        Assert.Equal(["config.headers.X-Key"], FieldsOf(http with { ApiKey = null, Config = new() { Headers = http.Config.Headers.Add("X-Key", reference) } }));
        var program = new ServiceRegistration { Name = "a", Protocol = ServiceProtocol.Stdio, Config = new() { Command = "x", Env = http.Config.Env.Add("KEY", reference) } };
        Assert.Equal(["config.env.KEY"], FieldsOf(program));

        // The operator's own file names what it likes.
        Assert.Empty(FieldsOf(http with { Origin = RegistrationOrigin.File }));
        Assert.Empty(FieldsOf(program with { Origin = RegistrationOrigin.File }));
    }

    [Theory]
    [InlineData("file:/run/secrets/search")]
    [InlineData("file:/run/secrets/kubernetes.io-key")]
    [InlineData("file:/var/run/secrets/mcp/azure")]
    [InlineData("file:/home/me/key")]
    [InlineData("/proc/self/environ")]
    public void Other_secrets_are_not(string value) => Assert.Empty(FieldsOf(new ServiceRegistration { Name = "a", BaseUrl = new Uri("http://h"), ApiKey = value }));

    private static IEnumerable<string> FieldsOf(ServiceRegistration registration) => RegistrationValidator.Validate(registration).Select(error => error.Field);
}
