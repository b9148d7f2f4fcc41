using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

using Microsoft.Extensions.Logging;

namespace McpRegistry.Tests.Api.Harness;

/// <summary>Hears everything that this process tells of itself: lines of the log at any level, tags of metrics, spans with their tags and events.</summary>
internal sealed class Listening : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _spans;

    public Listening()
    {
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<byte>(Measured);
        _meters.SetMeasurementEventCallback<short>(Measured);
        _meters.SetMeasurementEventCallback<int>(Measured);
        _meters.SetMeasurementEventCallback<long>(Measured);
        _meters.SetMeasurementEventCallback<float>(Measured);
        _meters.SetMeasurementEventCallback<double>(Measured);
        _meters.SetMeasurementEventCallback<decimal>(Measured);
        _meters.Start();
        _spans = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => Add($"span {span.Source.Name} {span.OperationName} {span.DisplayName} {span.StatusDescription} {span.TraceStateString} "
                + string.Join(' ', span.TagObjects.Concat(span.Events.SelectMany(one => one.Tags)).Select(Describe)) + string.Join(' ', span.Baggage.Select(one => $"{one.Key}={one.Value}"))),
        };
        ActivitySource.AddActivityListener(_spans);
    }

    public IReadOnlyCollection<string> Heard => _heard;

    public void Add(string line) => _heard.Enqueue(line);

    public void RecordObservables() => _meters.RecordObservableInstruments();

    public ILogger CreateLogger(string categoryName) => new Ear(this, categoryName);

    public void Dispose()
    {
        _meters.Dispose();
        _spans.Dispose();
    }

    private void Measured<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) where T : struct =>
        Add($"metric {instrument.Meter.Name} {instrument.Name} {string.Join(' ', tags.ToArray().Select(Describe))}");

    private static string Describe(KeyValuePair<string, object?> tag) => string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}");

    private sealed class Ear(Listening all, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            all.Add($"scope {category} {state} {Values(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            all.Add($"log {logLevel} {category} {eventId.Name} {formatter(state, exception)} {Values(state)} {exception}");

        private static string Values<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values.Select(Describe)) : "";
    }
}
