namespace McpRegistry.Core.Registration.Validation;

/// <summary>Which type goes with which protocol, and which settings with which protocol.</summary>
internal static class ProtocolRules
{
    public static void Check(ServiceRegistration registration, RuleBook rules)
    {
        switch (registration.Protocol)
        {
            case ServiceProtocol.Stdio:
                CheckStdio(registration, rules);
                break;
            case ServiceProtocol.Http:
                CheckHttp(registration, rules);
                break;
            default:
                rules.Require(false, "protocol", "This version serves stdio and http upstreams, not websocket.");
                break;
        }
    }

    private static void CheckStdio(ServiceRegistration registration, RuleBook rules)
    {
        const string onlyHttp = "It is for http services; a stdio service has none.";
        rules.Require(registration.Type is not (ServiceType.FastApi or ServiceType.External), "protocol",
            "Services of the types fastapi and external are reached over http.");
        rules.Require(registration.Config.Command is not null, "config.command", "A stdio service needs the program to start.");
        rules.Require(registration.BaseUrl is null, "base_url", onlyHttp);
        rules.Require(registration.Config.Instances.IsEmpty, "config.instances", onlyHttp);
        rules.Require(registration.Config.Headers.IsEmpty, "config.headers", onlyHttp);
        rules.Require(registration.Config.AuthorityFile is null, "config.authority_file", onlyHttp);
        rules.Require(registration.ApiKey is null, "api_key", "A stdio service gets its credentials by config.env.");
    }

    private static void CheckHttp(ServiceRegistration registration, RuleBook rules)
    {
        const string onlyStdio = "It is for stdio services; an http service has none.";
        rules.Require(registration.BaseUrl is not null || !registration.Config.Instances.IsEmpty, "base_url",
            "An http service needs base_url or config.instances.");
        rules.Require(registration.Config.Command is null, "config.command", onlyStdio);
        rules.Require(registration.Config.Args.IsEmpty, "config.args", onlyStdio);
        rules.Require(registration.Config.Env.IsEmpty, "config.env", onlyStdio);
        rules.Require(registration.Config.Cwd is null, "config.cwd", onlyStdio);
        rules.Require(registration.Config.Replicas == 1, "config.replicas", "It is for stdio services; list the addresses in config.instances.");
        rules.Require(!registration.Config.Replicable, "config.replicable", onlyStdio);
    }
}
