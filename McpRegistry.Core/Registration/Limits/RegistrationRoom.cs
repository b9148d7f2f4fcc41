using System.Runtime.CompilerServices;

using Microsoft.Extensions.Options;

namespace McpRegistry.Core.Registration.Limits;

/// <summary>Whether there is room for one more registration over REST. Not for several threads at once.</summary>
internal sealed class RegistrationRoom(IOptions<RegistrationOptions> options)
{
    // Weighed once: to write a registration costs more than anything else here.
    private readonly ConditionalWeakTable<ServiceRegistration, object> _sizes = [];

    /// <summary>Why a registration is too large by itself. Null: it is not.</summary>
    public RegistrationError? TooLarge(ServiceRegistration registration) =>
        SizeOf(registration) is var size && size > options.Value.MaxBytes
            ? new RegistrationError("$", $"It is {size / 1024} KiB; the most is {options.Value.MaxBytes / 1024} KiB ({RegistrationOptions.Section}:{nameof(RegistrationOptions.MaxBytes)}).")
            : null;

    /// <summary>Why there is no room beside the others. Null: there is.</summary>
    /// <param name="registration">The new one, or what one of <paramref name="present"/> is to become.</param>
    /// <param name="present">All that there are, of any origin.</param>
    public string? Full(ServiceRegistration registration, IEnumerable<ServiceRegistration> present)
    {
        var (count, total, isNew) = (1, (long)SizeOf(registration), true);
        foreach (var other in present)
        {
            if (other.Origin != RegistrationOrigin.Api) continue;
            if (other.Name == registration.Name)
            {
                // What takes no more than it did is taken, however much there is by now.
                if (SizeOf(other) >= SizeOf(registration)) return null;
                isNew = false;
                continue;
            }

            count++;
            total += SizeOf(other);
        }

        return isNew && count > options.Value.MaxServices ? $"There are {options.Value.MaxServices} services registered over REST, the most there may be ({RegistrationOptions.Section}:{nameof(RegistrationOptions.MaxServices)})."
            : total > options.Value.MaxTotalBytes ? $"The services registered over REST would take more than {options.Value.MaxTotalBytes / 1024} KiB together ({RegistrationOptions.Section}:{nameof(RegistrationOptions.MaxTotalBytes)})."
            : null;
    }

    private int SizeOf(ServiceRegistration registration) => (int)_sizes.GetValue(registration, static one => RegistrationJson.ToStored(one).Length);
}
