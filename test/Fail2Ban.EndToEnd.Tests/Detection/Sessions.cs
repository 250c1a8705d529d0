namespace Fail2Ban.EndToEnd.Tests.Detection;

/// <summary>Logs of several sessions whose lines are mixed by chance.</summary>
internal static class Sessions
{
    /// <summary>Sessions of which some are open at the same time; some reuse the id of one that is over, or of one that is not.</summary>
    /// <param name="random">What is chance here.</param>
    /// <param name="session">The lines of the session of a process, in their order.</param>
    /// <param name="date">The date of the line of this number.</param>
    public static List<string> Mixed(Random random, Func<Random, int, IEnumerable<string>> session, Func<int, string> date)
    {
        var waiting = new Queue<int>(Enumerable.Range(0, random.Next(4, 25)).Select(_ => random.Next(10, 22)));
        var open = new List<Queue<string>>();
        var lines = new List<string>();
        while (waiting.Count > 0 || open.Count > 0)
        {
            if (waiting.Count > 0 && (open.Count == 0 || random.Next(4) == 0)) open.Add(new Queue<string>(session(random, waiting.Dequeue())));
            Queue<string> next = open[random.Next(open.Count)];
            if (next.Count > 0)
            {
                string when = random.Next(20) == 0 ? "" : date(lines.Count), text = next.Dequeue();
                // Where two lines differ in their dates only, the original mixes them up: these have a number.
                lines.Add($"{when} {text}{(text.EndsWith('#') ? $"{lines.Count}" : "")}");
            }

            if (next.Count == 0) open.Remove(next);
        }

        return lines;
    }

    /// <summary>A session of a program that nobody wrote; each line ends with a <c>#</c> that gets a number.</summary>
    public static IEnumerable<string> Own(Random random, int id)
    {
        string address = $"192.0.2.{id}";
        if (random.Next(4) > 0) yield return $"srv d[{id}]: connect from {address} #";
        for (int step = random.Next(5); step > 0; step--)
        {
            string user = random.Next(5) == 0 ? "friend" : $"u{random.Next(3)}";
            yield return random.Next(4) switch
            {
                0 => $"srv d[{id}]: bad {user} #",
                1 => $"srv d[{id}]: worse {user} from {address} #",
                2 => $"srv d[{id}]: worse  alt{id} from {address} #",
                _ => $"srv d[{id}]: something else #",
            };
        }

        if (random.Next(4) == 0) yield return $"srv d[{id}]: welcome u{random.Next(3)} #";
        if (random.Next(4) > 0) yield return $"srv d[{id}]: {(random.Next(2) == 0 ? "bye" : $"thrown out {address}")} #";
    }

    /// <summary>A session as sshd logs it.</summary>
    public static IEnumerable<string> Ssh(Random random, int id)
    {
        string head = $"srv sshd[{id}]:", address = random.Next(6) == 0 ? $"2001:db8::{id}" : $"192.0.2.{id}", user = random.Next(3) == 0 ? "root" : $"u{id}";
        int port = random.Next(1024, 65536);
        if (random.Next(3) == 0) yield return $"{head} Connection from {address} port {port} on 198.51.100.1 port 22";
        bool isInvalid = random.Next(3) == 0;
        if (isInvalid) yield return $"{head} Invalid user {user} from {address} port {port}";
        for (int attempt = random.Next(4); attempt > 0; attempt--)
        {
            string who = random.Next(6) == 0 ? $"v{id}" : user;
            if (random.Next(2) == 0) yield return $"{head} pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={address}  user={who}";
            yield return $"{head} Failed {(random.Next(3) == 0 ? "publickey" : "password")} for {(isInvalid ? "invalid user " : "")}{who} from {address} port {port} ssh2";
        }

        yield return random.Next(7) switch
        {
            0 => $"{head} Accepted publickey for {user} from {address} port {port} ssh2: RSA SHA256:{random.Next()}",
            1 => $"{head} error: maximum authentication attempts exceeded for {user} from {address} port {port} ssh2 [preauth]",
            2 => $"{head} Disconnecting: Too many authentication failures [preauth]",
            3 => $"{head} User {user} not allowed because account is locked",
            4 => $"{head} Received disconnect from {address} port {port}:11: Bye Bye [preauth]",
            5 => $"{head} Disconnected from authenticating user {user} {address} port {port} [preauth]",
            _ => $"{head} Connection reset by {address} port {port} [preauth]",
        };
        if (random.Next(2) == 0) yield return $"{head} Connection closed by {(random.Next(2) == 0 ? $"authenticating user {user} " : "")}{address} port {port} [preauth]";
    }
}
