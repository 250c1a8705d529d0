using System.Diagnostics;
using System.Net;
using Fail2Ban.EndToEnd.Tests.Enforcement;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>The action nginx-block-map with a real nginx, which refuses what is banned and serves everybody else.</summary>
public sealed class WebServerTests
{
    private static readonly string[] s_hostile = ["s1", "a\"b", "back\\slash", "~.*", "default", "x; } server { return 200; }", "hostnames", "$uid"];

    [Fact]
    public async Task Nginx_refuses_what_is_banned_until_the_ban_ends()
    {
        Assert.SkipUnless(NetworkNamespace.Run(["sh", "-c", "command -v nginx"]).Code == 0, "nginx is not installed");
        if (!NetworkNamespace.IsInside(this)) return;
        Assert.Equal(0, NetworkNamespace.Run(["ip", "link", "set", "lo", "up"]).Code);
        string folder = Directory.CreateTempSubdirectory("f2b-nginx").FullName;
        string map = Path.Combine(folder, "blocked.map"), pid = Path.Combine(folder, "pid"), configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(map, "");
        File.WriteAllText(configuration, $$"""
            daemon off; pid {{pid}}; error_log stderr; worker_processes 1;
            events { }
            http {
                access_log off;
                client_body_temp_path {{folder}}; proxy_temp_path {{folder}}; fastcgi_temp_path {{folder}}; uwsgi_temp_path {{folder}}; scgi_temp_path {{folder}};
                map_hash_bucket_size 128;
                map $http_x_session $blocked { include {{map}}; }
                server { listen 127.0.0.1:80; if ($blocked) { return 403; } location / { return 204; } }
            }
            """);
        using Process nginx = Process.Start("nginx", ["-c", configuration]);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri("http://127.0.0.1/") };
            await UntilAsync(client, "nobody", HttpStatusCode.NoContent);
            await using var action = new ShippedAction($"nginx-block-map[blck_lst_file=\"{map}\", srv_pid=\"{pid}\", srv_cmd=\"nginx -c {configuration}\"]");
            await action.Jail.StartAsync();
            foreach (string session in s_hostile)
            {
                await action.Jail.BanAsync(ShippedAction.Ban(session));
                await UntilAsync(client, session, HttpStatusCode.Forbidden);
            }

            await UntilAsync(client, "another", HttpStatusCode.NoContent);
            await action.Jail.UnbanAsync(ShippedAction.Ban(s_hostile[0]));
            await UntilAsync(client, s_hostile[0], HttpStatusCode.NoContent);
            await UntilAsync(client, s_hostile[1], HttpStatusCode.Forbidden);
            await action.Jail.FlushAsync([.. s_hostile.Skip(1).Select(session => ShippedAction.Ban(session))]);
            foreach (string session in s_hostile) await UntilAsync(client, session, HttpStatusCode.NoContent);
            await action.Jail.StopAsync();
            Assert.Equal("", action.TakeErrors());
        }
        finally
        {
            NetworkNamespace.Run(["nginx", "-c", configuration, "-s", "stop"]); // killed, it would leave its workers behind
            await nginx.WaitForExitAsync(TestContext.Current.CancellationToken);
            Directory.Delete(folder, recursive: true);
        }
    }

    // A reload of nginx takes effect a moment after its command has ended.
    private static async Task UntilAsync(HttpClient client, string session, HttpStatusCode expected)
    {
        var last = (HttpStatusCode)0;
        for (int attempt = 0; attempt < 400; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.TryAddWithoutValidation("X-Session", session);
            request.Headers.ConnectionClose = true;
            try
            {
                using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
                last = answer.StatusCode;
                if (last == expected) return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"session {session}: {last} instead of {expected}");
    }
}
