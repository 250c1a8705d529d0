using System.Text;

namespace Fail2Ban.Detection.Dates;

/// <summary>The parts of a date as a template's groups give them; -1 where one is missing.</summary>
/// <remarks>Where a pattern has a part twice, the later group counts.</remarks>
internal struct DateFields
{
    private static readonly byte[][] MonthNames =
    [
        "january"u8.ToArray(), "february"u8.ToArray(), "march"u8.ToArray(), "april"u8.ToArray(), "may"u8.ToArray(), "june"u8.ToArray(),
        "july"u8.ToArray(), "august"u8.ToArray(), "september"u8.ToArray(), "october"u8.ToArray(), "november"u8.ToArray(), "december"u8.ToArray(),
    ];

    private static readonly byte[][] DayNames =
    [
        "monday"u8.ToArray(), "tuesday"u8.ToArray(), "wednesday"u8.ToArray(), "thursday"u8.ToArray(),
        "friday"u8.ToArray(), "saturday"u8.ToArray(), "sunday"u8.ToArray(),
    ];

    public int Year = -1, Month = -1, Day = -1, DayOfYear = -1;
    public int Hour, Minute, Second;

    /// <summary>0 is Monday.</summary>
    public int Weekday = -1;

    /// <summary>Week of the year; week 1 begins with the first Sunday or the first Monday.</summary>
    public int Week = -1;

    public bool WeekBeginsOnMonday;

    public ZoneOffset? Zone;

    public DateFields()
    {
    }

    /// <summary>Takes the groups of the last match of a template.</summary>
    /// <returns>
    /// No fault, or what is wrong: a group's text is no such value (a letter that only folds to one of
    /// a month's name), or nobody knows the zone.
    /// </returns>
    public DateReading Read(ReadOnlySpan<byte> line, TemplateSlot slot)
    {
        bool afternoon = false;
        foreach (FieldGroup group in slot.Fields)
            if (group.Field == 'p' && slot.Group(group.Number) is (>= 0 and int start, _)) afternoon = (line[start] | 0x20) == 'p';

        foreach (FieldGroup group in slot.Fields)
        {
            (int start, int end) = slot.Group(group.Number);
            if (start < 0) continue;
            ReadOnlySpan<byte> text = line[start..end];
            int value = group.Field switch
            {
                'b' or 'B' => Name(text, MonthNames, group.Field == 'b'),
                'a' or 'A' => Name(text, DayNames, group.Field == 'a'),
                'z' or 'Z' or 'p' => 0,
                _ => Number(text),
            };
            if (value < 0) return DateReading.Unreadable;
            switch (group.Field)
            {
                case 'Y': Year = value; break;
                case 'y': Year = 2000 + value; break;
                case 'm': Month = value; break;
                case 'b' or 'B': Month = value + 1; break;
                case 'd': Day = value; break;
                case 'H': Hour = value; break;
                case 'I': Hour = value % 12 + (value <= 12 ? afternoon ? 12 : 0 : value - value % 12); break;
                case 'M': Minute = value; break;
                case 'S': Second = value; break;
                case 'j': DayOfYear = value; break;
                case 'U' or 'W': (Week, WeekBeginsOnMonday) = (value, group.Field == 'W'); break;
                case 'a' or 'A': Weekday = value; break;
                case 'w': Weekday = (value + 6) % 7; break;
                case 'z' or 'Z':
                    ZoneReading reading = ZoneOffset.Read(text, out ZoneOffset zone, out int nameLength);
                    if (reading == ZoneReading.Malformed) return DateReading.Unreadable;
                    if (reading == ZoneReading.UnknownName) return DateReading.Failed($"KeyError('{Encoding.ASCII.GetString(text[..nameLength])}')");
                    Zone = zone;
                    break;
            }
        }

        return default;
    }

    private static int Name(ReadOnlySpan<byte> text, byte[][] names, bool isShort)
    {
        for (int i = 0; i < names.Length; i++)
            if (text.Length >= 3 && (text[0] | 0x20) == names[i][0] && Ascii.EqualsIgnoreCase(text, isShort ? names[i].AsSpan(0, 3) : names[i])) return i;
        return -1;
    }

    /// <summary>A number of any script's decimal digits, blanks before it allowed; -1 where the text is none or too long.</summary>
    internal static int Number(ReadOnlySpan<byte> text)
    {
        int value = 0;
        int digits = 0;
        for (int at = 0; at < text.Length;)
        {
            int digit = text[at] - '0';
            int length = 1;
            if ((uint)digit > 9)
            {
                if (digits == 0 && text[at] == ' ')
                {
                    at++;
                    continue;
                }

                if (Rune.DecodeFromUtf8(text[at..], out Rune rune, out length) != System.Buffers.OperationStatus.Done) return -1;
                digit = (int)Rune.GetNumericValue(rune);
                if (!Rune.IsDigit(rune)) return -1;
            }

            if (++digits > 9) return -1;
            value = 10 * value + digit;
            at += length;
        }

        return digits == 0 ? -1 : value;
    }
}
