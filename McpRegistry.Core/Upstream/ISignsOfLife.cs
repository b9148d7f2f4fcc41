namespace McpRegistry.Core.Upstream;

/// <summary>Waits for one request and is told when it need not give up yet.</summary>
public interface ISignsOfLife
{
    /// <summary>Something came that belongs to the request. Returns at once.</summary>
    void Seen();
}
