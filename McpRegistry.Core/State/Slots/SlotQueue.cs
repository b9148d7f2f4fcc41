using McpRegistry.Core.Clients;

namespace McpRegistry.Core.State.Slots;

/// <summary>Who is next among calls that wait for a slot, and who is let go. Looked at only where calls wait.</summary>
internal static class SlotQueue
{
    /// <summary>The one whose client has the fewest slots, by address and then by session; of these the one that came first. Null: there is no slot for any.</summary>
    public static SlotWait? NextOf(List<SlotWait> waiting, Func<ClientKey, bool> hasSlot, Func<ClientKey, int> heldBy)
    {
        SlotWait? next = null;
        var least = (int.MaxValue, int.MaxValue);
        foreach (var wait in waiting)
        {
            if (!hasSlot(wait.Client)) continue;
            var held = (heldBy(wait.Client.Whole), heldBy(wait.Client));
            if (held.CompareTo(least) >= 0) continue;
            (next, least) = (wait, held);
        }
        return next;
    }

    /// <summary>The newest of the client that has the most in the queue, when <paramref name="newcomer"/> has fewer. Null: it has not, and is refused itself.</summary>
    public static SlotWait? OneToLetGo(List<SlotWait> waiting, ClientKey newcomer) =>
        OneOfMost(waiting, static one => one.Whole, newcomer)
        // Within one address by session.
        ?? OneOfMost([.. waiting.Where(one => one.Client.Whole == newcomer.Whole)], static one => one, newcomer);

    private static SlotWait? OneOfMost(List<SlotWait> waiting, Func<ClientKey, ClientKey> keyOf, ClientKey newcomer)
    {
        if (newcomer.Address is null || waiting.Count == 0) return null;
        var most = waiting.GroupBy(one => keyOf(one.Client)).MaxBy(group => group.Count())!;
        var own = waiting.Count(one => keyOf(one.Client) == keyOf(newcomer));
        return most.Count() > own + 1 ? most.Last() : null;
    }
}
