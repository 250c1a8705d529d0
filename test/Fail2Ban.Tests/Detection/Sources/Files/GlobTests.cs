using System.Collections.Concurrent;
using Fail2Ban.Detection.Sources.Files;

namespace Fail2Ban.Tests.Detection.Sources.Files;

public sealed class GlobTests : FollowingTests
{
    private readonly ConcurrentQueue<(string Path, bool IsNew)> _found = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_that_fit_are_told_at_first_and_as_they_come(bool polling)
    {
        Logs.Write("a.log", "");
        Search("*.log", polling);
        Expect(("a.log", false));
        Logs.Write("b.txt", "");
        Logs.Write("b.log", "");
        Expect(("a.log", false), ("b.log", true));
        Logs.Write("d", "");
        File.Move(Logs.PathOf("d"), Logs.PathOf("d.log"));
        Expect(("a.log", false), ("b.log", true), ("d.log", true));
    }

    [Theory]
    [InlineData("later/*.log", "later/a.log")]
    [InlineData("x/y/z/*.log", "x/y/z/a.log")]
    [InlineData("*/log/access.log", "site/log/access.log")]
    [InlineData("site[0-9]/*/a?.log", "site1/any/a1.log")]
    public void Directories_may_come_later_at_every_level(string pattern, string path)
    {
        foreach (bool polling in new[] { false, true })
        {
            _found.Clear();
            using GlobSubscription subscription = Search(pattern, polling);
            string part = "";
            foreach (string name in path.Split('/').SkipLast(1)) Directory.CreateDirectory(Logs.PathOf(part += name + "/"));
            Logs.Write(path, "");
            Expect((path, true));
            Directory.Delete(Logs.PathOf(path.Split('/')[0]), recursive: true);
        }
    }

    [Fact]
    public void A_file_that_left_and_comes_back_is_told_again()
    {
        Logs.Write("a.log", "");
        Search("*.log");
        Expect(("a.log", false));
        File.Delete(Logs.PathOf("a.log"));
        Logs.Write("b.log", ""); // the look that finds it sees that the other one is gone
        Expect(("a.log", false), ("b.log", true));
        Logs.Write("a.log", "");
        Expect(("a.log", false), ("b.log", true), ("a.log", true));
    }

    [Fact]
    public void What_is_no_regular_file_is_passed_over()
    {
        Directory.CreateDirectory(Logs.PathOf("dir.log"));
        File.CreateSymbolicLink(Logs.PathOf("dangling.log"), Logs.PathOf("none"));
        Logs.Write("a.log", "");
        Search("*.log");
        Expect(("a.log", false));
    }

    [Fact]
    public void Nothing_is_told_after_the_end()
    {
        Search("*.log").Dispose();
        Search("*.txt");
        Logs.Write("a.log", "");
        Logs.Write("a.txt", "");
        Expect(("a.txt", true));
    }

    private GlobSubscription Search(string pattern, bool polling = false) =>
        Logs.Watcher.SubscribeToGlob(Logs.PathOf(pattern), polling, (path, isNew) => _found.Enqueue((path, isNew)));

    private void Expect(params (string Name, bool IsNew)[] expected)
    {
        WatchedDirectory.Eventually(() => _found.Count >= expected.Length, () => string.Join(' ', _found));
        // Whether a file made right behind the subscription was there before the first look is for the scheduler to say.
        Assert.Equal(expected.Select(found => Logs.PathOf(found.Name)), _found.Select(found => found.Path));
        Assert.All(_found.Zip(expected), pair => Assert.True(pair.First.IsNew == pair.Second.IsNew || pair.Second.IsNew));
    }
}
