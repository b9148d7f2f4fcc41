using System.Globalization;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace McpRegistry.StdioBridge;

/// <summary>An entry a line: time and text. Only what went wrong has its level said.</summary>
internal sealed class OneLineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "one-line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        if (logEntry.LogLevel >= LogLevel.Error) textWriter.Write("error: ");
        else if (logEntry.LogLevel == LogLevel.Warning) textWriter.Write("warning: ");
        textWriter.Write(text.ReplaceLineEndings(" "));
        if (logEntry.Exception is { } exception) textWriter.Write(" | " + exception.ToString().ReplaceLineEndings(" | "));
        textWriter.WriteLine();
    }
}
