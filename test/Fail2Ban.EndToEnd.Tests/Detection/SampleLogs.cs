using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.EndToEnd.Tests.Detection;

/// <summary>The sample logs of an installed fail2ban, and what their comments expect of single lines.</summary>
internal static class SampleLogs
{
    private const string Driver = "Detection/sample-logs.py";
    private static readonly Lazy<JsonDocument?> Oracle = new(AskOracle);

    /// <summary>What the driver found out; skips the test where no fail2ban with its tests is installed.</summary>
    internal static JsonElement Answers()
    {
        if (Oracle.Value is not { } answers)
        {
            Assert.Skip("no fail2ban for Python with its tests is installed");
            return default;
        }

        return answers.RootElement;
    }

    /// <summary>Judges one line.</summary>
    /// <returns>What is not as expected; null if nothing.</returns>
    internal static string? Fault(Filter filter, JsonElement line, SampleClock clock)
    {
        byte[] text = Encoding.UTF8.GetBytes(line.GetProperty("prefix").GetString() + line.GetProperty("text").GetString() + "\n");
        LogLine read = line.GetProperty("journal").GetBoolean() ? new LogLine("2005-08-14T12:00:00"u8, text, clock.GetUtcNow()) : new LogLine(text);
        var failures = new List<Failure>();
        filter.Process(read, new LogProgress(), failures);
        if (!line.GetProperty("match").GetBoolean()) return failures.Count == 0 ? null : "matched but should not";
        if (failures.Count != 1) return $"{failures.Count} failures instead of one";

        Failure failure = failures[0];
        if (line.GetProperty("time") is { ValueKind: JsonValueKind.Number } time && time.GetDouble() != Math.Floor(failure.Time.ToUnixSeconds()))
            return $"time {failure.Time.ToUnixSeconds()} instead of {time}";
        foreach (JsonProperty field in line.GetProperty("expected").EnumerateObject())
        {
            string? value = failure.Data[field.Name] is { } captured ? Text(captured)
                : field.Name == "attempts" ? $"{failure.Matches.Length}" : null;
            if (value is null && field.Name == "host")
            {
                if (failure.Id != FailureId.Parse(field.Value.GetString()!)) return $"host is {failure.Id} instead of {field.Value}";
            }
            else if (value != field.Value.GetString()) return $"{field.Name} is {value ?? "(none)"} instead of {field.Value}";
        }

        return null;
    }

    /// <summary>A captured value as the driver prints it.</summary>
    internal static string Text(object value) =>
        value is PythonSet set ? string.Join(',', set.Select(PythonText.Str).Order(StringComparer.Ordinal)) : PythonText.Str(value);

    private static JsonDocument? AskOracle()
    {
        if (!File.Exists("/usr/lib/python3/dist-packages/fail2ban/tests/files/logs/sshd")) return null;
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, Driver));
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process python = Process.Start(start)!;
        Task<string> errors = python.StandardError.ReadToEndAsync();
        string answer = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0 ? JsonDocument.Parse(answer) : throw new InvalidOperationException(errors.Result);
    }
}

/// <summary>Date patterns are made as of today, as in the original's tests; lines are then read on the day those tests live in.</summary>
internal sealed class SampleClock : TimeProvider
{
    /// <summary>The moment at which the original's tests live.</summary>
    internal const long Noon = 1124013600;

    private DateTimeOffset? _now;

    public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich");

    public void GoTo(long unixSeconds) => _now = DateTimeOffset.FromUnixTimeSeconds(unixSeconds);

    public override DateTimeOffset GetUtcNow() => _now ?? base.GetUtcNow();
}
