using System.Text;
using System.Text.Json;
using Fail2Ban.Configuration;
using Fail2Ban.EndToEnd.Tests.Sandboxes;
using Fail2Ban.Tests;
using Json.Schema;

namespace Fail2Ban.EndToEnd.Tests.Control.Transcript;

/// <summary>Each command of the transcript with <c>--json</c>: one line that keeps to docs/json.schema.json, with the exit code of the text.</summary>
public sealed class JsonTranscriptTests
{
    // Options that come before the command; --json goes before them.
    private static readonly string[] s_more = ["--version", "-h", "help", "--nope", "-c /nope ping", "get j2 banip --with-time", "status j1 stats", "set j2 bantime -1", "get thread"];

    private static readonly JsonSchema s_schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "json.schema.json")));

    [Fact]
    public void Every_answer_in_JSON_keeps_to_the_schema_and_to_the_exit_code()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/unshare"), "no unshare");
        using var asText = new TranscriptServer(Sandbox.Program("fail2ban-server"));
        using var asJson = new TranscriptServer(Sandbox.Program("fail2ban-server"));
        var wrong = new StringBuilder();
        int count = 0;
        foreach (string command in s_more.Concat(TranscriptCommands.All))
        {
            Assert.True(ShellWords.TrySplit(command, out IReadOnlyList<string> words, out string error), error);
            (int code, _) = Run(asText, words);
            (int jsonCode, string line) = Run(asJson, ["--json", .. words]);
            count++;
            if (code != jsonCode) wrong.Append($"{command}: exit code {code} as text, {jsonCode} as JSON\n");
            if (Problem(line) is { } problem) wrong.Append($"{command}: {problem}\n  {line}\n");
        }

        Assert.True(count > 350);
        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    [Theory]
    [InlineData("""{"format":1,"command":[],"ok":true,"exitCode":0,"kind":"pong","result":"pang","messages":[]}""")]
    [InlineData("""{"format":1,"command":[],"ok":true,"exitCode":0,"messages":[]}""")]
    [InlineData("""{"format":1,"command":[],"ok":false,"exitCode":255,"messages":[]}""")]
    [InlineData("""{"format":2,"command":[],"ok":true,"exitCode":0,"kind":"pong","result":"pong","messages":[]}""")]
    [InlineData("""{"format":1,"command":[],"ok":true,"exitCode":0,"kind":"setting","result":{"jail":"a","name":"maxretry","value":"5"},"messages":[]}""")]
    public void The_schema_refuses_what_is_not_as_documented(string line) => Assert.NotNull(Problem(line + "\n"));

    private static string? Problem(string line)
    {
        if (line.Count(letter => letter == '\n') != 1) return "not one line";
        using JsonDocument document = JsonDocument.Parse(line);
        EvaluationResults results = s_schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? null : string.Join("; ", (results.Details ?? []).Where(detail => detail.Errors is { Count: > 0 })
            .SelectMany(detail => detail.Errors!.Select(one => $"{detail.InstanceLocation} {one.Value}")).Take(6));
    }

    private static (int Code, string Output) Run(TranscriptServer server, IReadOnlyList<string> words)
    {
        string[] args = [.. words.Select(word => word.Replace("$F", server.Folder, StringComparison.Ordinal))];
        if (!args.Contains("-c")) args = ["-c", $"{server.Folder}/conf", .. args];
        (int code, string output, _) = OriginalServer.Run(Sandbox.Program("fail2ban-client"), args);
        return (code, output);
    }
}
