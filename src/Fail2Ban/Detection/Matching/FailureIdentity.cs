using Fail2Ban.Addresses;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

/// <summary>Who failed, as the fields of a failure say it.</summary>
/// <param name="Id">What is counted.</param>
/// <param name="Address">The address to act on where it differs from the id.</param>
/// <param name="Host">A name that must be resolved first.</param>
internal readonly record struct FailureIdentity(FailureId Id, FailureId? Address, string? Host)
{
    /// <summary>Reads the fields in the order ip4, ip6, dns, fid.</summary>
    /// <returns>Null where none of them took part: the connection's address is not known yet.</returns>
    public static FailureIdentity? Of(Fields fields, UseDns useDns, out bool isUnusable)
    {
        isUnusable = false;
        object? fid = fields[FieldSlot.Fid];
        object? address = fields[FieldSlot.Ip4] ?? fields[FieldSlot.Ip6];
        if (address is not null)
        {
            string text = PythonText.Str(address);
            return WithId(ParseRange(text, fields[FieldSlot.Cidr]), text, fid);
        }

        if (fields[FieldSlot.Dns] is { } name) return OfName(PythonText.Str(name), fid, useDns, out isUnusable);
        if (fid is null) return null;
        // A tuple is counted as the text that the original prints for it.
        return new(fid is string plain ? FailureId.Parse(plain) : FailureId.OfText(PythonText.Str(fid)), null, null);
    }

    /// <summary>Reads the name of a host.</summary>
    /// <param name="name">As it was captured.</param>
    /// <param name="fid">What is counted instead of it, or null.</param>
    /// <param name="useDns">What becomes of names.</param>
    /// <param name="isUnusable">Whether it is a name that is not to be used.</param>
    /// <returns>Null for such a one.</returns>
    public static FailureIdentity? OfName(string name, object? fid, UseDns useDns, out bool isUnusable)
    {
        FailureId parsed = FailureId.Parse(name);
        isUnusable = parsed.IsText && useDns == UseDns.No;
        if (isUnusable) return null;
        if (!parsed.IsText || useDns == UseDns.Raw) return WithId(parsed, name, fid);
        return new(fid is null ? FailureId.OfText(name) : IdOf(fid), null, name);
    }

    private static FailureIdentity WithId(FailureId address, string text, object? fid) =>
        fid is null || fid is string same && same == text ? new(address, null, null) : new(IdOf(fid), address, null);

    private static FailureId IdOf(object fid) => fid is string text ? FailureId.Parse(text) : FailureId.OfText(PythonText.Str(fid));

    // A prefix that does not fit the address is not looked at.
    private static FailureId ParseRange(string address, object? prefix)
    {
        if (prefix is string digits && FailureId.Parse($"{address}/{digits}") is { IsText: false } range) return range;
        return FailureId.Parse(address);
    }
}
