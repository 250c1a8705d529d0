using System.Buffers;
using System.Text;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.Configuration.Ini;

/// <summary>One file as written: sections and raw values, nothing interpolated, nothing included.</summary>
internal sealed class IniDocument(string file)
{
    public const string DefaultSection = "DEFAULT";
    public const string IncludesSection = "INCLUDES";

    // Far above any configuration; what is larger was not meant to be read as one.
    private const long LargestFile = 64 * 1024 * 1024;
    private const int UsualLength = 64 * 1024;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string File => file;

    public IniSection Defaults { get; } = new(DefaultSection, file, 0);

    public OrderedDictionary<string, IniSection> Sections { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="document">The document, or null when <paramref name="error"/> says why not, or when there is no such file.</param>
    /// <param name="error">What is wrong with the file; null if it is missing or was read.</param>
    /// <param name="textless">There is no text to parse (a directory, no permission, not UTF-8): the caller drops the file and reads on.</param>
    public static bool TryRead(string path, out IniDocument? document, out IniError? error, out bool textless)
    {
        document = null;
        error = null;
        textless = false;
        if (Directory.Exists(path))
        {
            textless = true;
            error = new IniError(path, 0, $"[Errno 21] Is a directory: {Values.PythonText.Repr(path)}");
            return false;
        }

        if (!FilePresence.Exists(path)) return false;
        if (FileStatus.Of(path, out FileStatus status) == 0 && status.IsPipe)
        {
            textless = true;
            error = new IniError(path, 0, $"{path} is a named pipe, not a file");
            return false;
        }

        if (ReadText(path, out error, out textless) is not { } text) return false;
        document = IniParser.Parse(path, text, out error);
        return error is null;
    }

    private static string? ReadText(string path, out IniError? error, out bool textless)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(UsualLength);
        int length = 0;
        error = null;
        textless = true;
        try
        {
            // Read by hand up to the limit: a device has no length and no end.
            using var file = new FileStream(path, System.IO.FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            for (int count; (count = file.Read(bytes.AsSpan(length))) > 0;)
            {
                length += count;
                if (length > LargestFile)
                {
                    textless = false;
                    error = new IniError(path, 0, $"{path} is longer than {LargestFile} bytes, too long for a configuration file");
                    return null;
                }

                if (length == bytes.Length) Grow(ref bytes);
            }

            string text = s_strict.GetString(bytes.AsSpan(0, length));
            textless = false;
            return text;
        }
        catch (UnauthorizedAccessException)
        {
            error = new IniError(path, 0, $"[Errno 13] Permission denied: {Values.PythonText.Repr(path)}");
        }
        catch (IOException failure)
        {
            error = new IniError(path, 0, $"{path}: {failure.Message}");
        }
        catch (DecoderFallbackException failure)
        {
            ReadOnlySpan<byte> read = bytes.AsSpan(0, length);
            error = new IniError(path, LineOf(read, failure.Index), Undecodable(read, failure));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        return null;
    }

    private static void Grow(ref byte[] bytes)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(2 * bytes.Length);
        bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }

    private static int LineOf(ReadOnlySpan<byte> bytes, int index) => bytes[..Math.Clamp(index, 0, bytes.Length)].Count((byte)'\n') + 1;

    // Python's words; scripts and people search for them.
    private static string Undecodable(ReadOnlySpan<byte> bytes, DecoderFallbackException failure)
    {
        int at = Math.Clamp(failure.Index, 0, bytes.Length - 1);
        byte bad = failure.BytesUnknown is [var first, ..] ? first : bytes[at];
        string reason = bad is >= 0x80 and < 0xc2 or > 0xf4 ? "invalid start byte"
            : at + (failure.BytesUnknown?.Length ?? 1) >= bytes.Length ? "unexpected end of data"
            : "invalid continuation byte";
        return $"'utf-8' codec can't decode byte 0x{bad:x2} in position {at}: {reason}";
    }
}
