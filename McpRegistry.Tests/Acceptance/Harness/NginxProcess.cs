namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>
/// A real nginx before several gateways, with what an orchestrator does around it: asks each for its readiness four times a
/// second and sends only the ready ones calls.
/// </summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly string? Program = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(System.IO.File.Exists);

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<GatewayProcess> _gateways;
    private readonly bool _triesAnother;
    private readonly int _port = FreePort.Find();
    private RunningProcess? _process;
    private Task _watching = Task.CompletedTask;
    private volatile GatewayProcess[] _upstreams = [];

    private NginxProcess(IReadOnlyList<GatewayProcess> gateways, bool triesAnother) => (_gateways, _triesAnother) = (gateways, triesAnother);

    /// <summary>Why tests that need one cannot run here. Null: they can, or must because this is CI.</summary>
    public static string? WhyNot => Program is not null || AcceptanceRun.IsCi ? null : "needs nginx";

    public Uri Url => new($"http://127.0.0.1:{_port}");

    /// <summary>Starts it before gateways that are ready.</summary>
    /// <param name="gateways">The gateways.</param>
    /// <param name="triesAnother">Whether a call that reached nobody goes to another gateway, as nginx does by default. False: the balancer hides nothing.</param>
    public static async Task<NginxProcess> StartAsync(IReadOnlyList<GatewayProcess> gateways, bool triesAnother)
    {
        var nginx = new NginxProcess(gateways, triesAnother);
        await nginx.ConfigureAsync();
        nginx._process = RunningProcess.Start(Program!, ["-p", nginx._folder.Path, "-c", nginx._folder.File("nginx.conf"), "-e", nginx._folder.File("error.log")]);
        using var client = new RegistryClient(nginx.Url);
        await Eventually.TrueAsync(client.IsReadyAsync, TimeSpan.FromSeconds(10), $"nginx answers\n{nginx._process.Output}");
        nginx._watching = nginx.WatchAsync();
        return nginx;
    }

    /// <summary>Waits until all gateways get calls.</summary>
    public Task<TimeSpan> SendsToAllAsync(TimeSpan within) => Eventually.TrueAsync(() => _upstreams.Length == _gateways.Count, within, "nginx sends to all gateways");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        if (_process is not null) await _process.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(BetweenLooks, TimeProvider.System, _stop.Token);
                if (await ConfigureAsync()) _process!.Send("HUP");
            }
        }
        catch (OperationCanceledException) { }
    }

    /// <returns>True when other gateways are ready than before.</returns>
    private async Task<bool> ConfigureAsync()
    {
        var looks = await Task.WhenAll(_gateways.Select(one => one.Rest.IsReadyAsync()));
        var ready = _gateways.Where((_, at) => looks[at]).ToArray();
        if (ready.SequenceEqual(_upstreams)) return false;
        await System.IO.File.WriteAllTextAsync(_folder.File("nginx.conf"), ConfigurationFor(ready));
        _upstreams = ready;
        return true;
    }

    private string ConfigurationFor(GatewayProcess[] ready)
    {
        // nginx wants one server at least.
        var servers = ready.Length == 0 ? "server 127.0.0.1:1 down;" : string.Concat(ready.Select(one => $"server 127.0.0.1:{one.Url.Port}; "));
        return $$"""
            daemon off;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            worker_processes 1;
            pid {{_folder.File("nginx.pid")}};
            error_log {{_folder.File("error.log")}} warn;
            events { worker_connections 4096; }
            http {
              access_log off;
              client_body_temp_path {{_folder.File("body")}};
              proxy_temp_path {{_folder.File("proxy")}};
              fastcgi_temp_path {{_folder.File("fastcgi")}};
              uwsgi_temp_path {{_folder.File("uwsgi")}};
              scgi_temp_path {{_folder.File("scgi")}};
              # A reload closes connections to clients that are idle just then; that race is not what is tested.
              keepalive_timeout 0;
              upstream gateways { {{servers}}keepalive 64; }
              server {
                listen 127.0.0.1:{{_port}};
                location / {
                  proxy_pass http://gateways;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Host $http_host;
                  proxy_buffering off;
                  proxy_connect_timeout 2s;
                  proxy_read_timeout 120s;
                  proxy_next_upstream {{(_triesAnother ? "error timeout" : "off")}};
                }
              }
            }
            """;
    }
}
