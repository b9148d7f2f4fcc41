namespace McpRegistry.Core.Catalog.Reading;

/// <summary>
/// How long to wait before a list is read because its server says that it changed. Servers announce a reload as several notifications
/// in a row, and there are some that announce a change with each answer: they are read less and less often.
/// </summary>
internal sealed class ChangeDamper
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseAfterNothing = TimeSpan.FromSeconds(60);

    private TimeSpan _wait = Shortest / 2;
    private TimeSpan? _readAt;
    private bool _wasNews = true;

    /// <summary>The wait for a notification that comes now and is not waited for yet.</summary>
    public TimeSpan WaitAt(TimeSpan now)
    {
        var pause = _wasNews ? Pause : PauseAfterNothing;
        var isQuiet = _readAt is { } last && now - last >= (pause > _wait ? pause : _wait);
        _wait = isQuiet || _wait < Shortest ? Shortest : _wait * 2 < Longest ? _wait * 2 : Longest;
        return _wait;
    }

    /// <summary>The list was read, or it was tried.</summary>
    /// <param name="now">When that ended.</param>
    /// <param name="wasNews">Whether it was another than before.</param>
    public void Read(TimeSpan now, bool wasNews) => (_readAt, _wasNews) = (now, wasNews);
}
