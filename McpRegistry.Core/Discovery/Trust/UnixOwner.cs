using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace McpRegistry.Core.Discovery.Trust;

/// <summary>Whose a file is, by the numbers of user and group; the framework tells everything of a file but that.</summary>
internal readonly partial record struct UnixOwner(uint User, uint Group)
{
    public const uint Root = 0;

    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint WantsOwner = 0x18;

    /// <summary>The user of this process.</summary>
    public static uint Self => EffectiveUser();

    /// <summary>The owner of an open file. Null: not to be found out, as elsewhere than on Linux.</summary>
    public static UnixOwner? Of(SafeFileHandle file) => Find((out FileStatus status) => Status(file, "", EmptyPath, WantsOwner, out status));

    /// <summary>The owner of what is at a path, behind links. Null: not to be found out.</summary>
    public static UnixOwner? Of(string path) => Find((out FileStatus status) => Status(CurrentFolder, path, 0, WantsOwner, out status));

    private static UnixOwner? Find(Ask ask)
    {
        if (!OperatingSystem.IsLinux()) return null;
        try { return ask(out var status) == 0 ? new UnixOwner(status.User, status.Group) : null; }
        // A C library without it.
        catch (EntryPointNotFoundException) { return null; }
    }

    private delegate int Ask(out FileStatus status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(SafeFileHandle folder, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, out FileStatus status);

    // struct statx is the same on all processors.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;
    }
}
