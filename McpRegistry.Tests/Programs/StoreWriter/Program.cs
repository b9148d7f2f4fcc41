// Writes registrations until it is killed and says on stdout which ones the store has acknowledged.
// Started ahead of time: it waits for a line "<database> <prefix>" before it begins.

using McpRegistry.Core.Registration;
using McpRegistry.Core.Storage;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

if (Console.ReadLine()?.Split(' ') is not [var database, var prefix]) return 1;

var configuration = new ConfigurationBuilder()
    .AddInMemoryCollection([new(StorageOptions.Section + ":Path", database)])
    .Build();
await using var services = new ServiceCollection().AddLogging().AddSqliteStore(configuration).BuildServiceProvider();
var store = services.GetRequiredService<IRegistryStore>();

for (var i = 0; ; i++)
{
    var name = FormattableString.Invariant($"{prefix}-{i}");
    var registration = new ServiceRegistration { Name = name, BaseUrl = new Uri("http://localhost:9"), ApiKey = "key-of-" + name };
    try
    {
        await store.TryAddAsync(registration, CancellationToken.None);
    }
    catch (RegistryStoreException)
    {
        Console.WriteLine("unavailable");
        return 0;
    }
    Console.WriteLine(name);
}
