using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Pcre2;

/// <summary>Counts the steps of a search: how often an item of the pattern is tried somewhere; see pcre2callout(3).</summary>
/// <remarks>
/// The same on every host, with and without machine code. The match limit is no such measure: PCRE2 counts it anew at each
/// place where the match may begin.
/// </remarks>
public static unsafe class Pcre2Steps
{
    /// <summary>Searches the whole subject.</summary>
    /// <param name="code">Compiled with <see cref="Pcre2Options.AutoCallout"/> and without machine code.</param>
    /// <param name="subject">Valid UTF-8 where the pattern is compiled so.</param>
    /// <param name="most">The search is given up behind this many steps.</param>
    /// <returns>The steps; <paramref name="most"/> + 1 where it was given up.</returns>
    /// <exception cref="InsufficientMemoryException">There is no memory.</exception>
    public static long Count(Pcre2Code code, ReadOnlySpan<byte> subject, long most)
    {
        var counter = new Counter { Most = most };
        nint context = Pcre2.pcre2_match_context_create_8(0), data = Pcre2.pcre2_match_data_create_8((uint)code.GroupCount + 1, 0);
        try
        {
            if (context == 0 || data == 0) throw new InsufficientMemoryException("pcre2_match_data_create: no memory");

            // Only the steps are to end it.
            Pcre2.pcre2_set_match_limit_8(context, uint.MaxValue);
            Pcre2.pcre2_set_callout_8(context, &Step, &counter);
            byte empty = 0;
            fixed (byte* bytes = subject)
                Pcre2.pcre2_match_8(code.Code, bytes == null ? &empty : bytes, (nuint)subject.Length, 0, Pcre2.PCRE2_NO_UTF_CHECK | Pcre2.PCRE2_NO_JIT, data, context);
            GC.KeepAlive(code);
            return counter.Steps;
        }
        finally
        {
            if (data != 0) Pcre2.pcre2_match_data_free_8(data);
            if (context != 0) Pcre2.pcre2_match_context_free_8(context);
        }
    }

    [UnmanagedCallersOnly]
    private static int Step(nint block, void* counter) =>
        ++((Counter*)counter)->Steps > ((Counter*)counter)->Most ? Pcre2.PCRE2_ERROR_CALLOUT : 0;

    private struct Counter
    {
        public long Steps, Most;
    }
}
