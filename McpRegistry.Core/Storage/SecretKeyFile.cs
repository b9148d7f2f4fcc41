using System.Security.Cryptography;

namespace McpRegistry.Core.Storage;

/// <summary>The 256-bit key of the store, in a file of its own: a copied database alone gives no secret away.</summary>
internal static class SecretKeyFile
{
    private const int KeyBytes = 32;

    /// <summary>Reads the key; makes one where there is none.</summary>
    public static byte[] ReadOrCreate(string path)
    {
        if (!File.Exists(path)) PrivateFiles.TryWriteNew(path, RandomNumberGenerator.GetBytes(KeyBytes));
        PrivateFiles.Close(path);
        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes ? key : throw new RegistryStoreException($"The key file {path} is damaged: it must have {KeyBytes} bytes. Restore it.");
    }
}
