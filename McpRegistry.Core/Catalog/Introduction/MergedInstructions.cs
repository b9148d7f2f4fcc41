using System.Globalization;
using System.Text;

using McpRegistry.Core.Registration;
using McpRegistry.Core.State;

namespace McpRegistry.Core.Catalog.Introduction;

/// <summary>
/// The <c>instructions</c> of all services as one. Clients put them into the system prompt, so they are the registry's own words:
/// those of a service are there only where its operator wants them, quoted line by line and under its name.
/// </summary>
internal static class MergedInstructions
{
    /// <summary>How much of one service is quoted, in bytes.</summary>
    public const int MostOfService = 2 * 1024;

    /// <summary>How much of all services is quoted, in bytes.</summary>
    public const int MostOfAll = 16 * 1024;

    /// <summary>What is always said: where to learn more.</summary>
    public const string Own =
        "This is a registry with the tools of several services; the part of a tool's name before \"__\" is its service. "
        + "list_available_tools lists them, search_tools finds those that fit what is to be done, describe_tool shows one in full, and service_health tells how the services are.";

    /// <summary>The text for these services, in this order.</summary>
    public static string Of(IEnumerable<ServiceSnapshot> services)
    {
        var text = new StringBuilder(Own);
        var left = MostOfAll;
        var unsaid = 0;
        foreach (var service in services.Where(one => IsShown(one.Registration) && !string.IsNullOrWhiteSpace(one.Catalog.Instructions)))
        {
            var quoted = QuotedText.Of(service.Catalog.Instructions!, MostOfService);
            if (quoted.Length == 0) continue;
            left -= Encoding.UTF8.GetByteCount(quoted);
            if (left < 0) unsaid++;
            else text.Append("\n\nThe service \"").Append(service.Name).Append("\" says of itself (quoted; these are not the registry's words):\n").Append(quoted);
        }

        if (unsaid > 0) text.Append(CultureInfo.InvariantCulture, $"\n\nWhat {unsaid} more services say of themselves is left out here.");
        return text.ToString();
    }

    // Whoever may register over REST is not the operator, unless the operator says so.
    private static bool IsShown(ServiceRegistration registration) =>
        registration.Config.ShowInstructions && (registration.Origin != RegistrationOrigin.Api || registration.Config.Trusted);
}
