using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tags;
using Fail2Ban.Values;

namespace Fail2Ban.RegexTool;

/// <summary>What <c>-o</c> prints for a failure.</summary>
internal sealed partial class FailureFormat
{
    private static readonly string[] NeedJail = ["bantime", "ipmatches", "ipjailmatches", "ipfailures", "ipjailfailures", "jail.banned", "jail.banned_total", "jail.found", "jail.found_total"];

    private readonly string _format;
    private readonly Func<FailureId, string?> _nameOf;
    private readonly bool _isTemplate;

    /// <param name="format">The option's value.</param>
    /// <param name="nameOf">The host name of an address; null where it has none.</param>
    /// <exception cref="FilterException">It has a tag that only a jail can fill.</exception>
    public FailureFormat(string format, Func<FailureId, string?> nameOf)
    {
        _format = format;
        _nameOf = nameOf;
        _isTemplate = format.Contains('<', StringComparison.Ordinal);
        if (_isTemplate && Tags().Matches(format).FirstOrDefault(tag => NeedJail.Contains(tag.Groups[1].Value)) is { } unusable)
            throw new FilterException($"the tag {unusable.Value} in '{format}' needs a jail of a running server; use tags of the failure such as <ip>, <fid>, <time>, <msg> or <F-USER>");
    }

    /// <summary>Prints a failure.</summary>
    /// <param name="hit">The failure.</param>
    /// <param name="time">The line's time; null where it has none.</param>
    /// <param name="output">Where to.</param>
    public void Print(HitText hit, DateTimeOffset? time, TextWriter output)
    {
        switch (_format)
        {
            case "id" or "fid":
                output.Write($"{(hit.IdRepr is ['(', ..] tuple ? tuple : hit.Id.ToString())}\n");
                return;
            case "ip":
                output.Write($"{hit.Address}\n");
                return;
            case "msg":
                foreach (MatchedLine line in hit.Failure.Matches) output.Write($"{line}\n");
                return;
            case "row":
                output.Write($"[{hit.IdRepr},\t{TimeText(time)},\t{PythonText.Repr(Data(hit))}],\n");
                return;
        }

        if (!_isTemplate)
        {
            object? value = _format == "matches" ? Matches(hit) : hit.Failure.Data[_format];
            output.Write($"{PythonText.Str(value)}\n");
            return;
        }

        // A message of its own is wanted for each line, not one that holds them all.
        bool perLine = _format.Contains("<msg>", StringComparison.Ordinal);
        IEnumerable<string> messages = hit.Failure.Matches.Select(line => line.ToString());
        foreach (string message in perLine ? messages : [""]) output.Write($"{Expand(hit, time, message)}\n");
    }

    /// <summary>Prints a line that is no failure.</summary>
    /// <param name="line">As logged.</param>
    /// <param name="time">The last date known.</param>
    /// <param name="output">Where to.</param>
    public void PrintOther(string line, DateTimeOffset? time, TextWriter output)
    {
        string text = _format switch
        {
            "msg" => line,
            "row" => $"['',\t{TimeText(time)},\t{{}}],",
            "id" or "fid" or "ip" => "",
            "matches" => PythonText.Repr(new List<object?> { new PythonTuple("", "", line) }),
            _ when !_isTemplate => "None",
            _ => Tags().Replace(_format, tag => tag.Groups[1].Value switch
            {
                "msg" or "matches" => line,
                "time" => TimeText(time),
                "failures" or "restored" or "bancount" => "0",
                "br" => "\n",
                "ip" or "fid" or "family" or "ip-rev" or "ip-host" => "",
                string name => DynamicTags.TryGetField(name, out _) ? "" : tag.Value,
            }),
        };
        output.Write($"{text}\n");
    }

    private static string TimeText(DateTimeOffset? time) => time is { } known ? PythonText.Repr(known.ToUnixSeconds()) : "None";

    private string Expand(HitText hit, DateTimeOffset? time, string message) => Tags().Replace(_format, tag => tag.Groups[1].Value switch
    {
        "ip" => hit.Address.ToString(),
        "fid" => hit.Id.ToString(),
        "family" => hit.Address.Family ?? "None",
        "ip-rev" => hit.Address.Range is { } range ? Reverse(range) : "",
        "time" => TimeText(time ?? hit.Failure.Time),
        "ip-host" => _nameOf(hit.Address) ?? "None",
        "failures" or "restored" or "bancount" => "0",
        "matches" => string.Join('\n', hit.Failure.Matches),
        "msg" => message,
        "br" => "\n",
        "F-*" => PythonText.Repr(AllData(hit)),
        string name when DynamicTags.TryGetField(name, out string field) => hit.Failure.Data[field] is { } value ? PythonText.Str(value) : "",
        _ => tag.Value,
    });

    // The form that DNS block lists take: parts in reverse order, each with its dot.
    private static string Reverse(IpRange range)
    {
        byte[] bytes = range.GetAddressBytes();
        IEnumerable<string> parts = range.IsIPv6 ? bytes.SelectMany(part => new[] { $"{part >> 4:x}", $"{part & 15:x}" }) : bytes.Select(part => $"{part}");
        var text = new StringBuilder();
        foreach (string part in parts.Reverse()) text.Append(part).Append('.');
        return text.ToString();
    }

    private static PythonDict Data(HitText hit)
    {
        var dict = new PythonDict();
        foreach ((string key, object? value) in hit.Failure.Data.Fields) dict[key] = value;
        return dict;
    }

    private static PythonDict AllData(HitText hit)
    {
        var dict = new PythonDict { ["matches"] = Matches(hit), ["failures"] = 0 };
        foreach ((string key, object? value) in hit.Failure.Data.Fields)
            if (value is not null) dict[key] = value;
        return dict;
    }

    private static List<object?> Matches(HitText hit) =>
        [.. hit.Failure.Matches.Select(line => new PythonTuple(line.Before, line.Date, line.After))];

    [GeneratedRegex("<([^ <>]+)>", RegexOptions.CultureInvariant)]
    private static partial Regex Tags();
}
