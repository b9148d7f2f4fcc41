using System.Collections.Frozen;

namespace McpRegistry.Core.Registration.Validation;

/// <summary>
/// Environment variables by which a harmless program is made to run somebody else's code. Refusing them over REST catches mistakes; it
/// is no protection, as whoever may set them may set the command.
/// </summary>
internal static class LoaderVariables
{
    private static readonly string[] Prefixes = ["LD_", "DYLD_", "CORECLR_", "COR_", "COMPlus_", "BASH_FUNC_", "npm_config_", "PIP_", "UV_", "GIT_"];

    private static readonly FrozenSet<string> Names = new[]
    {
        "PATH", "PATHEXT", "COMSPEC", "SHELL", "ENV", "BASH_ENV", "ZDOTDIR", "IFS", "PS4", "PROMPT_COMMAND", "EDITOR", "VISUAL", "PAGER", "BROWSER",
        "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH",
        "NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE",
        "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "DOTNET_ROOT", "DOTNET_HOSTING_STARTUPASSEMBLIES", "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONUSERBASE", "PYTHONBREAKPOINT", "PYTHONWARNINGS",
        "PERL5LIB", "PERL5OPT", "PERL5DB", "PERLLIB", "RUBYLIB", "RUBYOPT", "LUA_PATH", "LUA_CPATH", "LUA_INIT", "PHPRC", "PHP_INI_SCAN_DIR",
        "CLASSPATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES", "DENO_DIR", "BUN_OPTIONS",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string name) =>
        Names.Contains(name) || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
