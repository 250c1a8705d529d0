using System.Globalization;
using System.Text;

namespace Fail2Ban.EndToEnd.Tests.Detection;

// Logs that nobody wrote: lines of several sessions mixed, and bytes that are no text.
public sealed partial class RegexToolTests
{
    private const int Interleavings = 520;

    private static readonly string[] PairRegexes =
    [
        Pair,
        @"^ p\[(?P<pid>\d+)\] user \w+$<SKIPLINES>^ p\[(?P=pid)\] from <ADDR>$",
        @"user bad\n(?:.*\n)?.*from <ADDR>$",
        @"^ p\[\d+\] from <ADDR>$",
        @"^ p\[(?P<pid>\d+)\] user <F-USER>\w+</F-USER><SKIPLINES> p\[(?P=pid)\] .*<SKIPLINES> p\[(?P=pid)\] from <ADDR>$",
    ];

    [Fact]
    public void Regexes_over_several_lines_take_the_lines_that_the_original_takes()
    {
        var random = new Random(4);
        var commands = new List<string[]>();
        for (int i = 0; i < Interleavings; i++)
        {
            int window = i % 3 == 0 ? random.Next(2, 6) : random.Next(2, 51);
            string regex = PairRegexes[random.Next(PairRegexes.Length)];
            string[] ignore = random.Next(4) == 0 ? ["user good"] : [];
            string[] options = random.Next(3) switch
            {
                0 => ["-o", "msg"],
                1 => ["-o", "<fid> <msg>"],
                _ => ["--print-all-matched", "--print-all-missed", "--print-all-ignored"],
            };
            commands.Add(["--usedns", "no", "-L", window.ToString(CultureInfo.InvariantCulture), .. options, Interleaved(random), regex, .. ignore]);
        }

        Compare(commands);
    }

    [Fact]
    public void Bytes_that_are_no_text_and_endless_lines_are_read_as_the_original_reads_them()
    {
        string folder = Directory.CreateTempSubdirectory("fail2ban-test.").FullName;
        try
        {
            var random = new Random(5);
            var commands = new List<string[]>();
            foreach ((string name, byte[] content) in Odd(random))
            {
                string path = Path.Combine(folder, name);
                File.WriteAllBytes(path, content);
                foreach (string encoding in new[] { "utf-8", "latin1", "ascii" })
                {
                    commands.Add(["--usedns", "no", "-e", encoding, path, "fail <ADDR>"]);
                    commands.Add(["--usedns", "no", "-e", encoding, "-o", "<fid>", path, @"fail <ADDR>\s*$"]);
                }
            }

            Compare(commands);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Interleaved(Random random)
    {
        var sessions = Enumerable.Range(1, random.Next(1, 10)).Select(id => new Queue<string>(Session(random, id))).ToList();
        var lines = new List<string>();
        while (sessions.Count > 0)
        {
            Queue<string> session = sessions[random.Next(sessions.Count)];
            string date = random.Next(12) == 0 ? "" : $"Nov 23 06:50:{lines.Count % 60:00}";
            // Where two lines differ in their dates only, the original mixes them up.
            string text = session.Dequeue();
            lines.Add($"{date} {(text.EndsWith("other", StringComparison.Ordinal) ? $"{text} {lines.Count}" : text)}");
            if (session.Count == 0) sessions.Remove(session);
        }

        return lines.Count == 1 ? lines[0] + "\nend" : string.Join('\n', lines);
    }

    private static IEnumerable<string> Session(Random random, int id)
    {
        yield return $"p[{id}] user {(random.Next(3) == 0 ? "good" : "bad")}";
        for (int other = random.Next(4); other > 0; other--) yield return $"p[{id}] other";
        if (random.Next(5) > 0) yield return $"p[{id}] from 1.2.3.{id}";
    }

    private static IEnumerable<(string Name, byte[] Content)> Odd(Random random)
    {
        byte[] good = Encoding.ASCII.GetBytes("Nov 23 06:50:00 srv fail 1.2.3.4\n");
        for (int i = 0; i < 6; i++)
        {
            var content = new List<byte>();
            for (int line = 0; line < 30; line++)
            {
                byte[] noise = new byte[random.Next(80)];
                random.NextBytes(noise);
                // Line ends within are told apart by encoding; here the lines count.
                content.AddRange(noise.Where(value => value is not ((byte)'\n' or (byte)'\r')));
                content.AddRange(line % 3 == 0 ? [(byte)'\n'] : good);
            }

            yield return ($"noise{i}.log", [.. content]);
        }

        byte[] endless = [.. Enumerable.Repeat((byte)'x', 1 << 20), .. " fail 1.2.3.4\n"u8];
        yield return ("endless.log", [.. good, .. endless, .. good]);
        yield return ("nul.log", [.. "Nov 23 06:50:00 a\0b fail 1.2.3.4\n\0\0\n"u8, .. good]);
        yield return ("crlf.log", [.. "Nov 23 06:50:00 srv fail 1.2.3.4\r\nNov 23 06:50:01 srv fail 1.2.3.5\r\r\n\r\nNov 23 06:50:01 a\rb fail 1.2.3.6\n"u8]);
        yield return ("unfinished.log", [.. good, .. "Nov 23 06:50:00 srv fail 1.2.3.9"u8]);
    }
}
