using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fail2Ban.Logging;

/// <summary>A line's layout in the notation of Python's logging: <c>%(name)-24s</c>.</summary>
internal sealed class LogFormat
{
    private const string Plain = "%(name)s[%(process)d]: %(levelname)s %(message)s";
    private const string Padded = "%(name)-24s[%(process)d]: %(levelname)-7s %(message)s";
    private const string Verbose = " +%(relativeCreated)5d %(thread)X %(name)-25.25s %(levelname)-5.5s";

    private static readonly SearchValues<char> Flags = SearchValues.Create("-+ #0123456789.");

    private readonly List<Field> _fields = [];

    private LogFormat() { }

    internal static LogFormat Default(bool padding, bool datetime) => Parsed((datetime ? "%(asctime)s " : "") + (padding ? Padded : Plain));

    /// <param name="heavy">With module and level number, as at HEAVYDEBUG.</param>
    internal static LogFormat ForDebugging(bool heavy) =>
        Parsed(Verbose + (heavy ? " | %(module)15.15s-%(levelno)-2d: %(funcName)-20.20s |" : "") + " %(message)s");

    /// <summary>Reads a layout; false with what is wrong and where.</summary>
    internal static bool TryParse(string text, out LogFormat format, out string error)
    {
        format = new LogFormat();
        var literal = new StringBuilder();
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '%')
            {
                literal.Append(text[at]);
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == '%')
            {
                literal.Append('%');
                at++;
                continue;
            }

            int close = text.IndexOf(')', at);
            int end = close < 0 ? -1 : text.AsSpan(close + 1).IndexOfAnyExcept(Flags);
            if (at + 1 >= text.Length || text[at + 1] != '(' || end < 0 || !"sdifXx".Contains(text[close + 1 + end], StringComparison.Ordinal))
            {
                error = $"log format: at {at} of '{text}' expected a field such as %(message)s";
                return false;
            }

            string name = text[(at + 2)..close];
            if (!IsField(name))
            {
                error = $"log format: unknown field '{name}'; known are asctime, created, funcName, levelname, levelno, message, module, msecs, name, process, processName, relativeCreated, thread, threadName";
                return false;
            }

            format._fields.Add(Field.Parse(literal.ToString(), name, text.Substring(close + 1, end), text[close + 1 + end]));
            literal.Clear();
            at = close + 1 + end;
        }

        format._fields.Add(new Field(literal.ToString(), "", false, 0, -1, 's'));
        error = "";
        return true;
    }

    internal void Render(LogEntry entry, StringBuilder line)
    {
        foreach (Field field in _fields)
        {
            line.Append(field.Literal);
            if (field.Name.Length == 0) continue;
            string value = field.Conversion is 'X' or 'x' && field.Name == "thread" ? entry.Thread.ToString(field.Conversion.ToString(), CultureInfo.InvariantCulture) : Value(field.Name, entry);
            if (field.Conversion == 's' && field.Precision >= 0 && value.Length > field.Precision) value = value[..field.Precision];
            line.Append(field.Left ? value.PadRight(field.Width) : value.PadLeft(field.Width));
        }
    }

    private static LogFormat Parsed(string text) =>
        TryParse(text, out LogFormat format, out string error) ? format : throw new InvalidOperationException(error);

    private static bool IsField(string name) => name is "asctime" or "created" or "funcName" or "levelname" or "levelno" or "message"
        or "module" or "msecs" or "name" or "process" or "processName" or "relativeCreated" or "thread" or "threadName";

    private static string Value(string name, LogEntry entry) => name switch
    {
        "asctime" => entry.Time.ToString("yyyy-MM-dd HH:mm:ss,fff", CultureInfo.InvariantCulture),
        "created" => (entry.Time.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture),
        "levelname" => LogLevels.Name(entry.Level),
        "levelno" => ((int)entry.Level).ToString(CultureInfo.InvariantCulture),
        "message" => entry.Message,
        "module" => entry.Logger[(entry.Logger.LastIndexOf('.') + 1)..],
        "msecs" => entry.Time.Millisecond.ToString(CultureInfo.InvariantCulture),
        "name" => entry.Logger,
        "process" => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        "processName" => "MainProcess",
        "relativeCreated" => ((long)entry.Age.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        "thread" => entry.Thread.ToString(CultureInfo.InvariantCulture),
        "threadName" => $"Thread-{entry.Thread}",
        _ => "",
    };

    private sealed record Field(string Literal, string Name, bool Left, int Width, int Precision, char Conversion)
    {
        internal static Field Parse(string literal, string name, string flags, char conversion)
        {
            string[] parts = flags.TrimStart('-', '+', ' ', '#', '0').Split('.');
            int width = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? Math.Min(number, 1000) : 0;
            int precision = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int most) ? most : -1;
            return new Field(literal, name, flags.Contains('-', StringComparison.Ordinal), width, precision, conversion);
        }
    }
}
