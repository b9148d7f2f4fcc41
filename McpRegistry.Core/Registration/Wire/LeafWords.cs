namespace McpRegistry.Core.Registration.Wire;

/// <summary>What a value must be, in words for people, by the type that takes it.</summary>
internal static class LeafWords
{
    public static string For(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string)) return "a text";
        if (plain == typeof(bool)) return "true or false";
        if (plain == typeof(int)) return "a whole number";
        if (plain == typeof(Uri)) return "a URL";
        if (plain == typeof(TimeSpan)) return "a duration: seconds, or a text like \"30s\", \"500ms\" or \"00:00:30\"";
        if (plain == typeof(DateTimeOffset)) return "a time like \"2026-01-31T12:00:00Z\"";
        if (plain == typeof(ServiceType)) return OneOf(Enum.GetValues<ServiceType>().Select(one => one.WireName()));
        if (plain == typeof(ServiceProtocol)) return OneOf(Enum.GetValues<ServiceProtocol>().Select(one => one.WireName()));
        if (plain == typeof(RegistrationOrigin)) return OneOf(Enum.GetValues<RegistrationOrigin>().Select(one => one.WireName()));
        return "JSON";
    }

    private static string OneOf(IEnumerable<string> names) => "one of " + string.Join(", ", names);
}
