using System.Globalization;
using System.Text;

namespace Fail2Ban.Native.Pcre2;

/// <summary>What the libpcre2-8 of this host is and can do.</summary>
public static unsafe class Pcre2Library
{
    private static readonly Lazy<Version> s_version = new(ReadVersion);
    private static readonly Lazy<bool> s_jit = new(ProbeJit);

    /// <summary>The version of the library.</summary>
    /// <exception cref="DllNotFoundException">It is not installed.</exception>
    public static Version Version => s_version.Value;

    /// <summary>
    /// Whether machine code can be made of patterns: the library may be built without it, and the kernel (SELinux,
    /// PaX, <c>MemoryDenyWriteExecute=</c>) may refuse the memory. Matching is then some ten times slower.
    /// </summary>
    public static bool JitAvailable => s_jit.Value;

    // "10.42 2022-12-11", or "10.43-RC1 …".
    private static Version ReadVersion()
    {
        byte* buffer = stackalloc byte[64];
        int length = Pcre2.pcre2_config_8(Pcre2.PCRE2_CONFIG_VERSION, buffer);
        string text = Encoding.ASCII.GetString(buffer, Math.Max(0, length - 1));
        string[] parts = text.Split(' ', '-')[0].Split('.');
        return new Version(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static bool ProbeJit()
    {
        using Pcre2Code? code = Pcre2Code.Compile("a"u8, Pcre2Options.None, useJit: true, out _, out _);
        return code is { IsJitCompiled: true };
    }
}
