using McpRegistry.SampleServer;
using McpRegistry.SampleServer.Hosting;

if (args.Contains("--help"))
{
    Console.WriteLine(SampleOptions.Help);
    return 0;
}

if (!SampleOptions.TryParse(args, out var options, out var error))
{
    await Console.Error.WriteLineAsync($"{error}\n\n{SampleOptions.Help}");
    return 2;
}

var time = TimeProvider.System;
using var ledger = Ledger.Open(options.LedgerPath, options.Name, time);
ledger.Event("start");

using var mortality = Mortality.Arrange(options, time);
if (options.StartDelay > TimeSpan.Zero)
    await Task.Delay(options.StartDelay, time);

for (var line = 1; line <= options.JunkLines; line++)
    Console.WriteLine($"junk line {line} that is no JSON-RPC");

if (options.HttpPort is { } port)
    await HttpServing.RunAsync(port, options, ledger, time);
else
    await StdioServing.RunAsync(options, ledger, time);

return 0;
