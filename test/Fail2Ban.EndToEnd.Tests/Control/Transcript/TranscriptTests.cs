using System.Text;
using Fail2Ban.Configuration;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Control.Transcript;

/// <summary>Each command through both clients against both servers: four plays that must print and end the same.</summary>
public sealed class TranscriptTests
{
    private const string OriginalServerProgram = "/usr/bin/fail2ban-server";

    [Fact]
    public async Task Both_servers_answer_both_clients_alike()
    {
        Assert.SkipUnless(File.Exists(OriginalServerProgram) && File.Exists("/usr/bin/unshare"), "no fail2ban-server of the original, or no unshare");
        Assert.True(TranscriptCommands.All.Count >= 200);
        string ours = Sandbox.Program("fail2ban-server"), ourClient = Sandbox.Program("fail2ban-client");
        string[][] plays = await Task.WhenAll(
            Play(OriginalServerProgram, OriginalServer.Client),
            Play(OriginalServerProgram, ourClient),
            Play(ours, OriginalServer.Client),
            Play(ours, ourClient));
        var wrong = new StringBuilder();
        for (int i = 0; i < TranscriptCommands.All.Count; i++)
        {
            string command = TranscriptCommands.All[i];
            for (int play = 1; play < plays.Length; play++)
            {
                string combination = $"{(play >= 2 ? "our" : "their")} server, {(play % 2 == 1 ? "our" : "their")} client";
                bool isKnown = KnownDifferences.Find(command, ofServer: play >= 2, ofClient: play % 2 == 1) is not null;
                if (plays[play][i] == plays[0][i] || isKnown) continue;
                wrong.Append($"#{i} {command}\n  original: {Shown(plays[0][i])}\n  {combination}: {Shown(plays[play][i])}\n");
            }
        }

        foreach (string unused in KnownDifferences.Commands.Except(Differing(plays))) wrong.Append($"{unused}: is listed as a difference, and is none\n");
        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    private static Task<string[]> Play(string server, string client) => Task.Factory.StartNew(() =>
    {
        using var played = new TranscriptServer(server);
        return TranscriptCommands.All.Select(command =>
        {
            Assert.True(ShellWords.TrySplit(command, out IReadOnlyList<string> words, out string error), error);
            return played.Play(client, words);
        }).ToArray();
    }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static IEnumerable<string> Differing(string[][] plays) =>
        TranscriptCommands.All.Where((_, i) => plays.Any(play => play[i] != plays[0][i]));

    private static string Shown(string text) => text.Replace("\n", "\n    ", StringComparison.Ordinal);
}
