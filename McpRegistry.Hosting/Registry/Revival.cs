using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace McpRegistry.Hosting.Registry;

/// <summary>
/// Whether a process that ended is to be started again: it was killed or crashed, after it had been healthy. What ends before that
/// would end again, and what somebody stopped stays stopped.
/// </summary>
internal sealed class Revival
{
    private bool _wasHealthy;

    /// <summary>Takes the next state of its row, and says whether it is to be started now.</summary>
    public bool Observe(CustomResourceSnapshot row)
    {
        var state = row.State?.Text;
        if (state == KnownResourceStates.Running)
        {
            _wasHealthy |= row.HealthStatus == HealthStatus.Healthy;
            return false;
        }
        var isKilled = _wasHealthy && KnownResourceStates.TerminalStates.Contains(state) && row.ExitCode is not (null or 0);
        // On its way up or down by somebody's wish, or ended: it begins anew.
        _wasHealthy = false;
        return isKilled;
    }
}
