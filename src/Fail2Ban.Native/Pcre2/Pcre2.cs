using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Pcre2;

/// <summary>Imports of libpcre2-8; see pcre2api(3) and pcre2jit(3). Constants keep their C names and values.</summary>
internal static unsafe partial class Pcre2
{
    private const string Library = "libpcre2-8.so.0";

    internal const uint PCRE2_AUTO_CALLOUT = 0x00000004;
    internal const uint PCRE2_CASELESS = 0x00000008;
    internal const uint PCRE2_DOTALL = 0x00000020;
    internal const uint PCRE2_MULTILINE = 0x00000400;
    internal const uint PCRE2_NO_JIT = 0x00002000;
    internal const uint PCRE2_NO_START_OPTIMIZE = 0x00010000;
    internal const uint PCRE2_UCP = 0x00020000;
    internal const uint PCRE2_UTF = 0x00080000;
    internal const uint PCRE2_NEVER_BACKSLASH_C = 0x00100000;
    internal const uint PCRE2_ALT_CIRCUMFLEX = 0x00200000;
    internal const uint PCRE2_NO_UTF_CHECK = 0x40000000;
    internal const uint PCRE2_ANCHORED = 0x80000000;
    internal const uint PCRE2_JIT_COMPLETE = 0x00000001;
    internal const uint PCRE2_NEWLINE_LF = 2;
    internal const uint PCRE2_INFO_ALLOPTIONS = 0;
    internal const uint PCRE2_INFO_CAPTURECOUNT = 4;
    internal const uint PCRE2_INFO_MINLENGTH = 16;
    internal const uint PCRE2_INFO_SIZE = 22;
    internal const uint PCRE2_CONFIG_VERSION = 11;
    internal const int PCRE2_ERROR_NOMATCH = -1;
    internal const int PCRE2_ERROR_CALLOUT = -37;
    internal const int PCRE2_ERROR_JIT_STACKLIMIT = -46;
    internal const int PCRE2_ERROR_MATCHLIMIT = -47;
    internal const int PCRE2_ERROR_NOMEMORY = -48;
    internal const int PCRE2_ERROR_DEPTHLIMIT = -53;
    internal const int PCRE2_ERROR_HEAPLIMIT = -63;

    [LibraryImport(Library)]
    internal static partial int pcre2_config_8(uint what, void* where);

    [LibraryImport(Library)]
    internal static partial nint pcre2_compile_context_create_8(nint general);

    [LibraryImport(Library)]
    internal static partial int pcre2_set_newline_8(nint context, uint newline);

    [LibraryImport(Library)]
    internal static partial int pcre2_set_parens_nest_limit_8(nint context, uint limit);

    [LibraryImport(Library)]
    internal static partial nint pcre2_compile_8(byte* pattern, nuint length, uint options, out int error, out nuint offset, nint context);

    [LibraryImport(Library)]
    internal static partial void pcre2_code_free_8(nint code);

    [LibraryImport(Library)]
    internal static partial int pcre2_jit_compile_8(nint code, uint options);

    [LibraryImport(Library)]
    internal static partial int pcre2_pattern_info_8(nint code, uint what, void* where);

    [LibraryImport(Library)]
    internal static partial nint pcre2_match_data_create_8(uint pairs, nint general);

    [LibraryImport(Library)]
    internal static partial void pcre2_match_data_free_8(nint data);

    [LibraryImport(Library)]
    internal static partial nuint* pcre2_get_ovector_pointer_8(nint data);

    [LibraryImport(Library)]
    internal static partial nint pcre2_match_context_create_8(nint general);

    [LibraryImport(Library)]
    internal static partial void pcre2_match_context_free_8(nint context);

    // Stores one number, so the collector need not be told.
    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int pcre2_set_match_limit_8(nint context, uint limit);

    [LibraryImport(Library)]
    internal static partial int pcre2_set_callout_8(nint context, delegate* unmanaged<nint, void*, int> callout, void* data);

    [LibraryImport(Library)]
    internal static partial int pcre2_set_heap_limit_8(nint context, uint kibibytes);

    [LibraryImport(Library)]
    internal static partial nint pcre2_jit_stack_create_8(nuint start, nuint most, nint general);

    [LibraryImport(Library)]
    internal static partial void pcre2_jit_stack_free_8(nint stack);

    [LibraryImport(Library)]
    internal static partial void pcre2_jit_stack_assign_8(nint context, nint callback, nint stack);

    [LibraryImport(Library)]
    internal static partial int pcre2_match_8(nint code, byte* subject, nuint length, nuint start, uint options, nint data, nint context);

    [LibraryImport(Library)]
    internal static partial int pcre2_jit_match_8(nint code, byte* subject, nuint length, nuint start, uint options, nint data, nint context);

    [LibraryImport(Library)]
    internal static partial int pcre2_get_error_message_8(int error, byte* buffer, nuint length);
}
