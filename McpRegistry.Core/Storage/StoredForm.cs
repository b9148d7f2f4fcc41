using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using McpRegistry.Core.Registration;

namespace McpRegistry.Core.Storage;

/// <summary>
/// Reads a registration back from where it was stored, and trusts none of it: whoever may write there may write anything. It must keep
/// the rules of what is asked for over REST, and belongs to REST whatever it says of itself.
/// </summary>
internal static class StoredForm
{
    /// <summary>The largest form that is looked at, in characters; what REST takes is smaller.</summary>
    public const int MostCharacters = 8 * 1024 * 1024;

    // Beyond it one more would not be one more any longer.
    private const long HighestVersion = 1L << 50;

    /// <summary>The registration. Null: it cannot be used.</summary>
    /// <param name="name">The name it is stored under.</param>
    /// <param name="json">Its stored form.</param>
    /// <param name="decrypt">Makes its secrets readable.</param>
    /// <param name="policies">The load balancing policies it may name. Null: the built-in ones.</param>
    /// <param name="fault">What is wrong with it, for the log; null when nothing is.</param>
    public static ServiceRegistration? Read(string name, string json, Func<ServiceRegistration, ServiceRegistration> decrypt, LoadBalancingPolicySet? policies, out StoredFault? fault)
    {
        try
        {
            fault = StoredFault.Damaged;
            if (json.Length > MostCharacters) return null;
            var stored = RegistrationJson.FromStored(Encoding.UTF8.GetBytes(json)) with { Origin = RegistrationOrigin.Api };
            fault = StoredFault.OfAnother;
            if (stored.Name != name) return null;
            var registration = decrypt(stored);
            fault = StoredFault.Of(RegistrationValidator.Validate(registration, policies));
            if (registration.Version is < 0 or > HighestVersion) fault = StoredFault.Damaged;
            return fault is null ? registration : null;
        }
        catch (CryptographicException) { fault = StoredFault.Secret; }
        // Null where a text belongs and the like: the rules presuppose the form that the reader of REST has checked.
        catch (Exception misshapen) when (misshapen is JsonException or NullReferenceException or ArgumentException or FormatException or InvalidOperationException or NotSupportedException or OverflowException)
        {
            fault = StoredFault.Damaged;
        }
        return null;
    }
}

/// <summary>Why something stored cannot be used.</summary>
/// <param name="Reason">In words that continue "cannot be read, ".</param>
/// <param name="IsForGood">True when nobody can use it, whatever key they have: its name is free.</param>
internal sealed record StoredFault(string Reason, bool IsForGood)
{
    public static StoredFault Damaged { get; } = new("it is damaged", true);

    public static StoredFault OfAnother { get; } = new("it is another service's", true);

    public static StoredFault Secret { get; } = new("its secrets were encrypted with another key or are damaged", false);

    /// <summary>What the rules say; they name fields and no values.</summary>
    public static StoredFault? Of(IReadOnlyList<RegistrationError> broken) =>
        broken.Count == 0 ? null : new StoredFault($"it breaks the rules for registrations ({broken[0].Field}: {broken[0].Message})", true);
}
