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

        byte[] bytes;
        try
        {
            // Read by hand up to the limit: a device has no length and no end.
            using FileStream file = System.IO.File.OpenRead(path);
            using var content = new MemoryStream();
            byte[] chunk = new byte[64 * 1024];
            for (int count; (count = file.Read(chunk)) > 0;)
            {
                content.Write(chunk, 0, count);
                if (content.Length <= LargestFile) continue;
                error = new IniError(path, 0, $"{path} is longer than {LargestFile} bytes, too long for a configuration file");
                return false;
            }

            bytes = content.ToArray();
        }
        catch (UnauthorizedAccessException)
        {
            textless = true;
            error = new IniError(path, 0, $"[Errno 13] Permission denied: {Values.PythonText.Repr(path)}");
            return false;
        }
        catch (IOException failure)
        {
            textless = true;
            error = new IniError(path, 0, $"{path}: {failure.Message}");
            return false;
        }

        string text;
        try
        {
            text = s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException failure)
        {
            textless = true;
            error = new IniError(path, LineOf(bytes, failure.Index), Undecodable(bytes, failure));
            return false;
        }

        document = IniParser.Parse(path, text, out error);
        return error is null;
    }

    private static int LineOf(byte[] bytes, int index) => bytes.AsSpan(0, Math.Clamp(index, 0, bytes.Length)).Count((byte)'\n') + 1;

    // Python's words; scripts and people search for them.
    private static string Undecodable(byte[] bytes, DecoderFallbackException failure)
    {
        int at = Math.Clamp(failure.Index, 0, bytes.Length - 1);
        byte bad = failure.BytesUnknown is [var first, ..] ? first : bytes[at];
        string reason = bad is >= 0x80 and < 0xc2 or > 0xf4 ? "invalid start byte"
            : at + (failure.BytesUnknown?.Length ?? 1) >= bytes.Length ? "unexpected end of data"
            : "invalid continuation byte";
        return $"'utf-8' codec can't decode byte 0x{bad:x2} in position {at}: {reason}";
    }
}
