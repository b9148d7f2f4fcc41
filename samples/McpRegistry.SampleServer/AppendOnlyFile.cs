using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace McpRegistry.SampleServer;

/// <summary>
/// A file to which each line goes in one write at its current end. FileMode.Append only seeks once and then writes
/// at its own offset, so on Unix the file is opened with O_APPEND, which lets processes share it without overwriting
/// one another. On Windows a file has one writer.
/// </summary>
internal sealed class AppendOnlyFile : IDisposable
{
    private const int OwnerReadsAndWritesOthersRead = 0b110_100_100;

    private readonly SafeFileHandle _handle;
    private readonly FileStream? _windowsStream;
    private readonly Lock _windowsOrder = new();

    private AppendOnlyFile(SafeFileHandle handle, FileStream? windowsStream)
    {
        _handle = handle;
        _windowsStream = windowsStream;
    }

    public static AppendOnlyFile Open(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            return new AppendOnlyFile(stream.SafeFileHandle, stream);
        }

        var descriptor = OpenDescriptor(path, AppendFlags(), OwnerReadsAndWritesOthersRead);
        return descriptor >= 0
            ? new AppendOnlyFile(new SafeFileHandle(descriptor, ownsHandle: true), windowsStream: null)
            : throw new IOException($"Cannot open '{path}'.", new Win32Exception(Marshal.GetLastPInvokeError()));
    }

    public void AppendLine(ReadOnlySpan<byte> line)
    {
        byte[] withNewline = [.. line, (byte)'\n'];
        if (_windowsStream is not null)
        {
            lock (_windowsOrder)
                _windowsStream.Write(withNewline);
        }
        else if (WriteDescriptor(_handle, withNewline, withNewline.Length) != withNewline.Length)
        {
            throw new IOException("Cannot append a line.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    public void Dispose()
    {
        _windowsStream?.Dispose();
        _handle.Dispose();
    }

    // O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
    private static int AppendFlags() => OperatingSystem.IsMacOS()
        ? 0x1 | 0x200 | 0x8 | 0x1000000
        : 0x1 | 0x40 | 0x400 | 0x80000;

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenDescriptor([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint WriteDescriptor(SafeFileHandle descriptor, byte[] bytes, nint count);
}
