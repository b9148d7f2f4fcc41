using System.Text.Json;

using McpRegistry.Core.Registration;
using McpRegistry.Core.Registration.Secrets;
using McpRegistry.Core.State;
using McpRegistry.Core.Storage;

namespace McpRegistry.Tests.Registration.Secrets;

/// <summary>Keys in the paths of addresses: hidden, kept, encrypted and decrypted as those in queries.</summary>
public sealed class UrlSecretsTests
{
    private const string Key = "NmY3ZTQ0YjItMGQ5NC00Zj";

    [Theory]
    // Zapier, Pipedream, Composio, Telegram, a JSON web token, hexadecimal digits, base32, a key without digits.
    [InlineData("ZTdjMWM3ZjgtOGNiNC00ZTY5LWFhZmItNDFkOTQ5ODRkNmE5OjE2")]
    [InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301")]
    [InlineData("bot1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N")]
    [InlineData("9f86d081884c7d65")]
    [InlineData("mfrggzdfmztwq2lk7n2x")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefgh")]
    [InlineData("sk-proj-a1B2c3D4e5F6g7H8")]
    public void What_nobody_thought_of_looks_like_a_key(string segment) => Assert.True(KeyLikeness.Has(segment));

    [Theory]
    [InlineData("mcp")]
    [InlineData("model-context-protocol-server")]
    [InlineData("2025-11-25")]
    [InlineData("my-service-v1-20241105-api2")]
    [InlineData("gpt4o-mini-2024-07-18")]
    [InlineData("getUserAccountSettings")]
    [InlineData("subscriptions_listChanged")]
    [InlineData("1234567890123456")]
    [InlineData("@modelcontextprotocol")]
    [InlineData("")]
    public void Words_versions_and_dates_do_not(string segment) => Assert.False(KeyLikeness.Has(segment));

    [Theory]
    [InlineData("https://h/api/mcp/s/" + Key + "/mcp", null, "https://h/api/mcp/s/***/mcp")]
    [InlineData("https://h/" + Key, null, "https://h/***")]
    [InlineData("https://h/" + Key + "/slack?k=v", null, "https://h/***/slack?***")]
    [InlineData("https://h/mcp/short/x", true, "https://h/***/***/***")]
    [InlineData("https://h/api/" + Key + "/mcp?k=v", false, "https://h/api/" + Key + "/mcp?***")]
    [InlineData("https://h/mcp", null, "https://h/mcp")]
    [InlineData("https://h?k=https://x/" + Key, null, "https://h?***")]
    [InlineData("https://h:81", true, "https://h:81")]
    [InlineData("/" + Key + "/openapi.json?k=v", null, "/***/openapi.json?***")]
    [InlineData("/openapi.json?", null, "/openapi.json?")]
    public void Only_the_secrets_of_an_address_are_hidden(string address, bool? isPathSecret, string shown) =>
        Assert.Equal(shown, UrlSecrets.Map("base_url", address, isPathSecret, (_, _) => "***"));

    [Fact]
    public void What_was_shown_can_be_put_back_and_what_was_not_is_refused()
    {
        var stored = Registration();

        var kept = RegistrationJson.KeepSecrets(RegistrationJson.Public(stored), stored);
        var elsewhere = RegistrationJson.KeepSecrets(RegistrationJson.Public(stored) with { BaseUrl = new Uri("https://other/s/***/mcp") }, stored);

        Assert.True(RegistrationJson.SameAs(stored, kept));
        // To an address that they were not given for none of them goes along.
        Assert.Equal(["base_url", "config.instances[0]", "config.health.path", "config.openapi"], RegistrationValidator.Validate(elsewhere).Select(error => error.Field));
        Assert.Equal(
            ["config.health.path", "config.openapi"],
            RegistrationValidator.Validate(RegistrationJson.Public(stored) with { BaseUrl = stored.BaseUrl, Config = RegistrationJson.Public(stored).Config with { Instances = [] } }).Select(error => error.Field));
    }

    [Fact]
    public void What_was_hidden_is_not_shown_by_saying_later_that_it_is_no_secret()
    {
        var stored = Registration() with { BaseUrl = new Uri("https://h/plain/words/mcp"), Config = new ServiceConfig { SecretPath = true, OpenApi = "/words/openapi.json" } };
        var shown = RegistrationJson.Public(stored);
        Assert.DoesNotContain("words", shown.BaseUrl!.OriginalString + shown.Config.OpenApi, StringComparison.Ordinal);

        foreach (var isPathSecret in (bool?[])[false, null])
        {
            var asked = shown with { Config = shown.Config with { SecretPath = isPathSecret } };
            var kept = RegistrationJson.KeepSecrets(asked, stored);

            Assert.DoesNotContain("words", kept.BaseUrl!.OriginalString + kept.Config.OpenApi, StringComparison.Ordinal);
            Assert.Contains("base_url", RegistrationValidator.Validate(kept).Select(error => error.Field));
        }
    }

    [Theory]
    [InlineData("https://h/mcp?token=***")]
    [InlineData("https://h/mcp?a=b&token=***")]
    [InlineData("https://h/***/mcp?a=b")]
    public void A_hidden_value_that_stands_for_nothing_is_refused(string address) =>
        Assert.Contains("base_url", RegistrationValidator.Validate(Registration() with { BaseUrl = new Uri(address) }).Select(error => error.Field));

    [Fact]
    public void What_is_stored_holds_none_of_them_and_what_was_stored_in_clear_before_is_still_read()
    {
        using var cipher = new SecretCipher(new byte[32]);
        var registration = Registration();

        var encrypted = cipher.Encrypt(registration);

        var text = JsonSerializer.Serialize(encrypted, RegistrationJson.TypeInfo);
        foreach (var secret in (string[])[Key, "query-key", "health-key", "document-key"]) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.Contains("https://h/s/enc:", text, StringComparison.Ordinal);
        Assert.True(RegistrationJson.SameAs(registration, cipher.Decrypt(encrypted)));

        // As versions before stored it: only queries of addresses were secrets.
        var before = encrypted with { BaseUrl = new Uri($"https://h/s/{Key}/mcp"), Config = encrypted.Config with { OpenApi = registration.Config.OpenApi, Health = registration.Config.Health } };
        Assert.True(RegistrationJson.SameAs(registration, cipher.Decrypt(before)));
    }

    [Fact]
    public void A_store_without_a_key_names_the_field_and_what_to_do()
    {
        var errors = LiteralSecrets.In(Registration() with { Config = new ServiceConfig() });

        var error = Assert.Single(errors);
        Assert.Equal("base_url", error.Field);
        Assert.Contains("config.secret_path", error.Message, StringComparison.Ordinal);
        Assert.Empty(LiteralSecrets.In(Registration() with { Config = new ServiceConfig { SecretPath = false } }));
    }

    [Fact]
    public void Ids_of_instances_hold_no_key_and_differ_where_the_keys_do()
    {
        var ids = InstanceIds.Of(Registration() with { Config = new ServiceConfig { Instances = [new Uri($"https://h/s/{Key}2/mcp")] } }).Select(one => one.Id).ToArray();

        Assert.All(ids, id => Assert.Matches("^h-443-s-mcp-[0-9a-f]{8}$", id));
        Assert.Equal(2, ids.Distinct().Count());
        Assert.Matches("^h-443-[0-9a-f]{8}$", Assert.Single(InstanceIds.Of(Registration() with { Config = new ServiceConfig { SecretPath = true } })).Id);
    }

    private static ServiceRegistration Registration() => new()
    {
        Name = "keyed",
        Type = ServiceType.FastApi,
        BaseUrl = new Uri($"https://h/s/{Key}/mcp"),
        Config = new ServiceConfig
        {
            Instances = [new Uri("https://h/mcp?key=query-key")],
            OpenApi = $"/{Key}/openapi.json?key=document-key",
            Health = new HealthSettings { Path = "/health?key=health-key" },
        },
    };
}
