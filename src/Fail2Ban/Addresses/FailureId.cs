using System.Diagnostics.CodeAnalysis;

namespace Fail2Ban.Addresses;

/// <summary>What is counted and banned: an address, a network, or any text (a user name, a session, <c>999.1.2.3</c>).</summary>
/// <remarks>Two ids are the same when they are the same address, the same network, or the same text.</remarks>
public readonly struct FailureId : IEquatable<FailureId>
{
    private readonly IpRange _range;
    private readonly string? _text; // null exactly when the id is an address or a network

    private FailureId(IpRange range, string? text)
    {
        _range = range;
        _text = text;
    }

    /// <summary>An id that is an address or a network.</summary>
    public static FailureId Of(IpRange range) => new(range, null);

    /// <summary>An id that stays text even where it looks like an address.</summary>
    public static FailureId OfText(string text) => new(default, text);

    /// <summary>Reads an id by the original's rules; what is not an address or a network stays text. Never fails.</summary>
    /// <param name="text">
    /// <c>192.0.2.1</c>, <c>[2001:db8::1]</c>, <c>198.51.100.7/24</c>, <c>198.51.100.0/255.255.255.0</c>; host bits are
    /// cleared. Around other text a pair of brackets is removed too.
    /// </param>
    public static FailureId Parse(string text) => TryParse(text, out FailureId id, out _) ? id : OfText(FailureIdText.WithoutBrackets(text));

    /// <summary>Reads an id that a user typed, where a broken mask is an error.</summary>
    /// <param name="text">As for <see cref="Parse"/>.</param>
    /// <param name="id">The id; text where it is not an address or network.</param>
    /// <param name="error">The original's sentence (its ValueError) where the part after the slash is no prefix; otherwise null.</param>
    public static bool TryParse(string text, out FailureId id, [NotNullWhen(false)] out string? error) =>
        FailureIdText.TryParse(text, out id, out error);

    /// <summary>The address or network, or null where the id is text.</summary>
    public IpRange? Range => _text is null ? _range : null;

    /// <summary>Whether the id is text and therefore has no family.</summary>
    public bool IsText => _text is not null;

    /// <summary>fail2ban's name of the family: <c>inet4</c>, <c>inet6</c>, or null for text.</summary>
    public string? Family => IsText ? null : _range.IsIPv6 ? "inet6" : "inet4";

    /// <inheritdoc/>
    public bool Equals(FailureId other) => _text is null ? other._text is null && _range == other._range : _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FailureId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _text?.GetHashCode(StringComparison.Ordinal) ?? _range.GetHashCode();

    /// <summary>Equality of address, network or text.</summary>
    public static bool operator ==(FailureId left, FailureId right) => left.Equals(right);

    /// <summary>Inequality of address, network or text.</summary>
    public static bool operator !=(FailureId left, FailureId right) => !left.Equals(right);

    /// <summary>The canonical text of an address or network; a text id as it is.</summary>
    public override string ToString() => _text ?? _range.ToString();
}
