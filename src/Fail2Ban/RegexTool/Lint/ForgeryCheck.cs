using System.Buffers;
using System.Net;
using System.Text;

namespace Fail2Ban.RegexTool.Lint;

/// <summary>Tries to have another host found by texts that stand where the patterns take foreign text.</summary>
/// <remarks>
/// A forgery is a sample with another address, or the rest of one, put into a sample. It counts where the pattern says that
/// such text may stand: where the same text without an address leaves the verdict as it is, and in a user name. A piece
/// that takes no space is the program's own word, unless there is no other place before the host and only words stand
/// between: then the forgery is what follows it.
/// </remarks>
/// <param name="filter">The filter.</param>
/// <param name="samples">Of it.</param>
/// <param name="isKnown">Whether a failregex was tried before, with those that are known as well.</param>
internal sealed class ForgeryCheck(LintedFilter filter, IReadOnlyList<Sample> samples, Func<int, bool> isKnown)
{
    private const string Forged = "203.0.113.66";
    private const string Nobody = "?";

    private static readonly SearchValues<byte> s_lettersAndSpace = SearchValues.Create(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);
    private static readonly byte[][] s_spaces = [[], " "u8.ToArray()];

    private enum PlaceKind
    {
        User,
        Text,
        Word,
    }

    /// <summary>The first forgery for each failregex that can be deceived.</summary>
    public IEnumerable<(int Regex, string Line)> Find()
    {
        var told = new HashSet<int>();
        Target[] targets = [.. samples.Where(IsOfAddress).Select(sample => new Target(sample, [.. Places(sample)]))];
        string[] texts = [.. targets.SelectMany(target => Texts(target.Sample, target.Places)).Distinct()];
        string[] newTexts = [.. targets.Where(target => !isKnown(target.Sample.First.Regex)).SelectMany(target => Texts(target.Sample, target.Places)).Distinct()];
        foreach (Target target in targets)
        {
            if (told.Contains(target.Sample.First.Regex) || Forge(target, isKnown(target.Sample.First.Regex) ? newTexts : texts) is not { } line) continue;
            told.Add(target.Sample.First.Regex);
            yield return (target.Sample.First.Regex, Encoding.UTF8.GetString(line).TrimEnd('\n'));
        }
    }

    private static bool IsOfAddress(Sample sample) => sample.First is { Start: >= 0, Host: { } host } && IPAddress.TryParse(host, out _);

    private byte[]? Forge(Target target, string[] texts) => (
        from place in target.Places
        from text in place.Kind == PlaceKind.Word ? Rest(target.Sample, place) : texts
        from before in s_spaces
        from after in s_spaces
        select Forge(target.Sample, place, text, before, after)).FirstOrDefault(forged => forged is not null);

    // Null where that deceives nobody.
    private byte[]? Forge(Sample sample, Place place, string text, byte[] before, byte[] after)
    {
        byte[] forged = Line(text);
        if (filter.First(forged) is not { Host: Forged }) return null;
        if (place.Kind == PlaceKind.Word || Keeps(sample, Line(text.Replace(Forged, Nobody, StringComparison.Ordinal)))) return forged;

        // A name may well hold what its pattern has no sign for; a phrase that it refuses was thought of.
        bool isRefused = place.Kind == PlaceKind.User && text.Distinct().Any(sign => !Keeps(sample, Insert(sample.Text, place.Start, Encoding.UTF8.GetBytes($"x{sign}7q"))));
        return isRefused ? forged : null;

        byte[] Line(string written) =>
            Insert(sample.Text, place.Start, [.. before, .. Encoding.UTF8.GetBytes(place.EscapesQuotes ? written.Replace("\"", "\\\"", StringComparison.Ordinal) : written), .. after]);
    }

    // The sample with another address, and what follows each of its places before the address.
    private static IEnumerable<string> Texts(Sample sample, Place[] places)
    {
        if (sample.Text.AsSpan()[..^1].Contains((byte)'\n')) return [];
        return places.Where(place => place.Kind != PlaceKind.Word).Prepend(new Place(0, PlaceKind.Text, false)).SelectMany(place => Rest(sample, place));
    }

    private static IEnumerable<string> Rest(Sample sample, Place place)
    {
        if (place.Start > sample.First.Start) yield break;
        string text = Encoding.UTF8.GetString(sample.Text.AsSpan(place.Start)).TrimEnd('\n');
        yield return text.Replace(sample.First.Host!, Forged, StringComparison.Ordinal);
    }

    private IEnumerable<Place> Places(Sample sample)
    {
        List<Place> places = [], words = [];
        foreach (int start in WordEnds(sample))
        {
            bool isUser = sample.First.Users.Any(user => start >= user.Start && start <= user.End);
            if (!Keeps(sample, Insert(sample.Text, start, "x7q"u8))) continue;
            if (!isUser && !Keeps(sample, Insert(sample.Text, start, "x 7q"u8)))
            {
                words.Add(new Place(start, PlaceKind.Word, false));
                continue;
            }

            bool escapes = Keeps(sample, Insert(sample.Text, start, "x\\\"7q"u8)) && !Keeps(sample, Insert(sample.Text, start, "x\"7q"u8));
            places.Add(new Place(start, isUser ? PlaceKind.User : PlaceKind.Text, escapes));
        }

        return places.Exists(place => place.Start <= sample.First.Start) ? places : places.Concat(words.Where(word => IsBeside(sample, word.Start)));
    }

    // As the name in "user bob from 192.0.2.1": nothing but letters and spaces follows.
    private static bool IsBeside(Sample sample, int place) =>
        place < sample.First.Start && sample.Text[place] == ' ' && sample.Text.AsSpan(place, sample.First.Start - place).IndexOfAnyExcept(s_lettersAndSpace) < 0;

    // What stands inside a word says no more than its end; of several lines, only that of the host counts.
    private static IEnumerable<int> WordEnds(Sample sample)
    {
        (int start, int end) = (sample.First.Start, sample.First.Start + sample.First.Host!.Length);
        int first = sample.Text.AsSpan(0, start).LastIndexOf((byte)'\n') + 1, last = sample.Text.AsSpan(end).IndexOf((byte)'\n') + end;
        for (int place = first; place <= last; place++)
            if ((place == first || !char.IsAsciiLetterOrDigit((char)sample.Text[place])) && (place <= start || place >= end)) yield return place;
    }

    private bool Keeps(Sample sample, byte[] changed) =>
        filter.First(changed) is { } found && found.Regex == sample.First.Regex && found.Host == sample.First.Host;

    private static byte[] Insert(byte[] line, int place, ReadOnlySpan<byte> text) => [.. line.AsSpan(0, place), .. text, .. line.AsSpan(place)];

    private sealed record Target(Sample Sample, Place[] Places);

    private readonly record struct Place(int Start, PlaceKind Kind, bool EscapesQuotes);
}
