using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>What the actions that report by HTTP really send, by curl, to a server of this test.</summary>
public sealed class HttpTests : IDisposable
{
    private const string RuleId = "0123456789abcdef0123456789abcdef";

    private readonly HttpListener _server = new();
    private readonly ConcurrentQueue<string> _requests = [];
    private readonly string _base;
    private string _answer = "{}";

    public HttpTests()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _base = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        probe.Stop();
        _server.Prefixes.Add(_base + "/");
        _server.Start();
        _ = Task.Run(ServeAsync);
    }

    [Theory]
    [InlineData("abuseipdb[abuseipdb_apikey=k3y, abuseipdb_category=\"18,22\", url=\"{base}/report\"]",
        "POST /report", "Key: k3y", "Accept: application/json", "comment=%40%2Fetc%2Fpasswd%26key%3Dx%0A%22quoted%22", "&ip=192.0.2.1&", "categories=18,22")]
    [InlineData("blocklist_de[email=\"me@example.org\", apikey=k3y, url=\"{base}/en\"]",
        "POST /en", "User-Agent: Fail2Ban", "server=me%40example.org", "apikey=k3y", "service=demo", "&ip=192.0.2.1&", "format=text", "logs=%40%2Fetc%2Fpasswd%26key%3Dx%0A%22quoted%22")]
    [InlineData("ipthreat[ipthreat_apikey=k3y, url=\"{base}/api\"]",
        "POST /api", "X-API-KEY: k3y", "Content-Type: application/json", "{\"ip\":\"192.0.2.1\",\"flags\":\"8\",\"system\":\"demo\",\"notes\":\"fail2ban\"}")]
    [InlineData("mynetwatchman[mnwlogin=\"me@example.org\", mnwpass=\"a&b\", port=22, mnwurl=\"{base}/form\"]",
        "GET /form?", "AgentEmail=me%40example.org", "AgentPassword=a%26b", "AttackerIP=192.0.2.1", "DestPort=22", "AttackCount=5")]
    [InlineData("cloudflare[cfuser=\"me@example.org\", cftoken=k3y, cfurl=\"{base}/v4\"]",
        "POST /v4/user/firewall/access_rules/rules", "X-Auth-Email: me@example.org", "X-Auth-Key: k3y",
        "{\"mode\":\"block\",\"configuration\":{\"target\":\"ip\",\"value\":\"192.0.2.1\"},\"notes\":\"Fail2Ban demo\"}")]
    [InlineData("cloudflare-token[cfzone=z0ne, cftoken=k3y, cfmode=challenge, cfurl=\"{base}/v4\"]",
        "POST /v4/zones/z0ne/firewall/access_rules/rules", "Authorization: Bearer k3y",
        "{\"mode\":\"challenge\",\"configuration\":{\"target\":\"ip\",\"value\":\"192.0.2.1\"},\"notes\":\"Fail2Ban demo\"}")]
    public async Task A_ban_is_reported(string text, params string[] parts)
    {
        RequireCurl();
        _answer = """{"success": true}""";
        await using var action = new ShippedAction(text.Replace("{base}", _base, StringComparison.Ordinal));
        await action.Jail.BanAsync(ShippedAction.Ban("192.0.2.1", "@/etc/passwd&key=x", "\"quoted\""));
        Assert.Equal("", action.TakeErrors());
        string request = Assert.Single(_requests);
        foreach (string part in parts) Assert.Contains(part, request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cloudflares_rule_is_looked_up_and_deleted_when_the_ban_ends()
    {
        RequireCurl();
        _answer = $$"""{ "result": [ { "id": "{{RuleId}}", "scope": { "id": "11111111111111111111111111111111" } } ], "success": true }""";
        await using var action = new ShippedAction($"cloudflare[cfuser=u, cftoken=k3y, cfurl=\"{_base}/v4\"]");
        await action.Jail.BanAsync(ShippedAction.Ban("2001:db8::1"));
        await action.Jail.UnbanAsync(ShippedAction.Ban("2001:db8::1"));
        Assert.Equal("", action.TakeErrors());
        string[] requests = [.. _requests];
        Assert.Equal(3, requests.Length);
        Assert.Contains("\"target\":\"ip6\",\"value\":\"2001:db8::1\"", requests[0], StringComparison.Ordinal);
        Assert.StartsWith("GET /v4/user/firewall/access_rules/rules?", requests[1], StringComparison.Ordinal);
        Assert.Contains("configuration.value=2001%3Adb8%3A%3A1", requests[1], StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith($"DELETE /v4/user/firewall/access_rules/rules/{RuleId}\n", requests[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cloudflares_refusal_is_an_error_that_tells_its_answer()
    {
        RequireCurl();
        _answer = """{"success": false, "errors": [{"message": "no such zone"}]}""";
        await using var action = new ShippedAction($"cloudflare-token[cfzone=z, cftoken=k3y, cfurl=\"{_base}/v4\"]");
        await action.Jail.BanAsync(ShippedAction.Ban("192.0.2.1"));
        Assert.Contains("no such zone", action.TakeErrors(), StringComparison.Ordinal);
        _answer = """{"success": false, "errors": [{"message": "firewallaccessrules.api.duplicate_of_existing"}]}""";
        await action.Jail.BanAsync(ShippedAction.Ban("192.0.2.2"));
        Assert.Equal("", action.TakeErrors());
    }

    [Fact]
    public async Task What_is_no_address_is_not_reported()
    {
        RequireCurl();
        await using var action = new ShippedAction($"blocklist_de[email=a, apikey=k, url=\"{_base}/\"]");
        await action.Jail.BanAsync(ShippedAction.Ban("user\"name"));
        Assert.Empty(_requests);
        Assert.Contains("not an IP address", action.TakeErrors(), StringComparison.Ordinal);
    }

    public void Dispose() => _server.Close();

    private static void RequireCurl() => Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "curl"))), "curl is not installed");

    private async Task ServeAsync()
    {
        while (_server.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await _server.GetContextAsync();
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
            {
                return; // the test is over
            }

            using var reader = new StreamReader(call.Request.InputStream, Encoding.UTF8);
            string headers = string.Join('\n', call.Request.Headers.AllKeys.Select(name => $"{name}: {call.Request.Headers[name]}"));
            _requests.Enqueue($"{call.Request.HttpMethod} {call.Request.RawUrl}\n{headers}\n\n{await reader.ReadToEndAsync()}");
            byte[] answer = Encoding.UTF8.GetBytes(_answer);
            call.Response.ContentLength64 = answer.Length;
            await call.Response.OutputStream.WriteAsync(answer);
            call.Response.Close();
        }
    }
}
