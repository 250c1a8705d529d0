namespace Fail2Ban.EndToEnd.Tests.Control.Transcript;

/// <summary>What is played, in this order: every command right and wrong. <c>$F</c> is the server's folder.</summary>
internal static class TranscriptCommands
{
    public static IReadOnlyList<string> All { get; } = """
        ping
        ping 5
        ping x
        version
        version x
        echo
        echo a b
        echo 'a b' "c'd"
        server-status
        sleep 0
        sleep x
        sleep
        foo
        foo bar
        ''
        config-error
        config-error hello
        status
        status j1
        status j2
        status nope
        status j1 basic
        status j1 short
        status j1 foo
        status j1 basic x
        status a b c
        status --all
        status --all short
        status --all nope
        stats
        statistics
        statistic
        stats j1
        banned
        banned 192.0.2.1
        banned 192.0.2.1 192.0.2.2
        banned nonsense
        unban
        unban 192.0.2.77
        unban 192.0.2.77 192.0.2.78
        unban nonsense
        unban --all
        unban --all x
        flushlogs
        flushlogs x
        set
        get
        set j1
        get j1
        set nope maxretry 3
        get nope maxretry
        set nope
        get nope
        get loglevel
        get loglevel x
        set loglevel
        set loglevel 20
        set loglevel FOO
        set loglevel debug
        set loglevel INFO
        get logtarget
        set logtarget
        set logtarget /nope/x
        set logtarget $F/other.log
        set logtarget $F/other.log
        flushlogs
        set logtarget $F/f2b.log[format="%(message)s"]
        get logtarget
        set logtarget $F/f2b.log
        get syslogsocket
        set syslogsocket
        set syslogsocket /nope
        set syslogsocket auto
        get dbfile
        set dbfile
        set dbfile $F/other.sqlite3
        set dbfile $F/f2b.sqlite3
        get dbpurgeage
        set dbpurgeage
        set dbpurgeage 2d
        set dbpurgeage foo
        set dbpurgeage 86400
        get dbmaxmatches
        set dbmaxmatches
        set dbmaxmatches 5
        set dbmaxmatches x
        get thread
        set thread
        get allowipv6
        set allowipv6 auto
        set allowipv6 foo
        set allowipv6
        set allowipv6 auto
        get j1 foo
        set j1 foo bar
        get j1 logpath
        get j2 logpath
        get j2 sources
        set j1 addlogpath
        set j1 addlogpath /nope
        set j1 addlogpath $F/c.log
        set j1 addlogpath $F/c.log
        set j1 addlogpath $F/b.log tail
        set j1 addlogpath $F/b.log middle
        set j1 addlogpath $F
        get j1 logpath
        set j1 dellogpath $F/c.log
        set j1 dellogpath $F/c.log
        set j1 dellogpath
        set j1 dellogpath $F/b.log
        get j1 logencoding
        set j1 logencoding
        set j1 logencoding ascii
        set j1 logencoding nope
        set j1 logencoding utf-8
        get j1 logtimezone
        set j1 logtimezone UTC+0100
        set j1 logtimezone nope
        set j1 logtimezone
        get j1 journalmatch
        get j1 ignoreself
        set j1 ignoreself
        set j1 ignoreself false
        set j1 ignoreself foo
        set j1 ignoreself true
        get j1 ignoreip
        set j1 addignoreip
        set j1 addignoreip 192.0.2.0/24 ::1
        set j1 addignoreip 192.0.2.0/24
        set j1 addignoreip example.invalid
        get j1 ignoreip
        set j1 delignoreip ::1
        set j1 delignoreip x
        set j1 delignoreip
        set j1 addignoreip 192.0.2.0/99
        get j1 ignorecommand
        set j1 ignorecommand /bin/false
        get j1 ignorecommand
        set j1 ignorecommand ''
        set j1 ignorecommand
        get j1 ignorecache
        set j1 ignorecache 'key="<ip>", max-count=10, max-time=5m'
        get j1 ignorecache
        set j1 ignorecache max-count=10
        set j1 ignorecache ''
        get j1 ignorecache
        set j1 ignorecache
        get j1 failregex
        set j1 addfailregex
        set j1 addfailregex '^third <HOST>$'
        set j1 addfailregex '^no host$'
        set j1 addfailregex '^unclosed ( <HOST>'
        set j1 addfailregex ''
        get j1 failregex
        set j1 delfailregex 2
        set j1 delfailregex 99
        set j1 delfailregex x
        set j1 delfailregex
        get j1 ignoreregex
        set j1 addignoreregex 'trust'
        set j1 addignoreregex '('
        set j1 addignoreregex
        get j1 ignoreregex
        set j1 delignoreregex 0
        set j1 delignoreregex 7
        get j1 ignoreregex
        get j1 prefregex
        set j1 prefregex '^ <F-CONTENT>.*</F-CONTENT>$'
        get j1 prefregex
        set j1 prefregex '('
        set j1 prefregex ''
        get j1 prefregex
        get j1 datepattern
        set j1 datepattern %Y-%m-%d
        get j1 datepattern
        set j1 datepattern Epoch
        set j1 datepattern '{^LN-BEG}'
        set j1 datepattern
        get j1 findtime
        set j1 findtime
        set j1 findtime 10m
        set j1 findtime 1.5h
        set j1 findtime foo
        set j1 findtime 600
        get j1 bantime
        set j1 bantime 1h
        set j1 bantime -1
        set j1 bantime foo
        set j1 bantime
        set j1 bantime 600
        get j1 usedns
        set j1 usedns yes
        set j1 usedns foo
        set j1 usedns raw
        set j1 usedns
        get j1 maxretry
        set j1 maxretry x
        set j1 maxretry 2.5
        set j1 maxretry
        set j1 maxretry 5
        get j1 maxmatches
        set j1 maxmatches 7
        set j1 maxmatches x
        get j1 maxlines
        set j1 maxlines 0
        set j1 maxlines 3
        set j1 maxlines x
        set j1 maxlines
        set j1 maxlines 1
        set j1 idle on
        set j1 idle maybe
        set j1 idle off
        set j1 idle
        get j1 idle
        get j1 bantime.increment
        set j1 bantime.increment true
        get j1 bantime.increment
        set j1 bantime.factor 2
        get j1 bantime.factor
        set j1 bantime.formula 'ban.Time * 2'
        get j1 bantime.formula
        set j1 bantime.multipliers '1 2 4'
        get j1 bantime.multipliers
        set j1 bantime.maxtime 1w
        get j1 bantime.maxtime
        set j1 bantime.maxtime x
        set j1 bantime.rndtime 60
        get j1 bantime.rndtime
        set j1 bantime.overalljails true
        get j1 bantime.overalljails
        set j1 bantime.foo 1
        get j1 bantime.foo
        set j1 bantime.increment
        set j1 bantime.increment false
        get j1 bantime.increment
        get j1 actions
        get j1 actionproperties act
        get j1 actionproperties nope
        get j1 actionproperties
        get j1 actionmethods act
        get j1 actionmethods nope
        get j1 actionmethods
        get j1 action act foo
        get j1 action act nope
        get j1 action nope foo
        get j1 action act
        get j1 action
        get j1 action act timeout
        get j1 action act actionban
        set j1 addaction
        set j1 addaction two
        set j1 addaction two
        get j1 actions
        set j1 action two actionban 'echo <ip>'
        get j1 action two actionban
        set j1 action two timeout 30
        set j1 action two timeout 1m
        set j1 action two new value
        get j1 action two new
        get j1 actionproperties two
        set j1 action two
        set j1 action two actionban
        set j1 action nope actionban x
        set j1 action two start
        set j1 action two start {}
        set j1 action two stop {}
        set j1 action two flush {}
        set j1 action two reload {}
        set j1 action two ban {}
        set j1 action two ban nonsense
        set j1 addaction py $F/nope.py {}
        set j1 delaction two
        set j1 delaction two
        set j1 delaction
        get j1 actions
        set j2 banip
        set j2 banip 192.0.2.9
        set j2 banip 192.0.2.9
        set j2 banip 192.0.2.8 192.0.2.7 2001:db8::1
        set j2 banip 198.51.100.0/24
        set j2 banip nonsense
        banned
        banned 192.0.2.9
        banned 192.0.2.9 203.0.113.1 2001:DB8::1
        get j2 banned
        get j2 banned 192.0.2.9
        get j2 banned 192.0.2.9 192.0.2.6
        get j2 banip
        get j2 banip |
        get j2 banip --with-time
        get j2 banip ', '
        status j2
        status j2 short
        stats
        set j2 unbanip
        set j2 unbanip 192.0.2.9
        set j2 unbanip 192.0.2.9
        set j2 unbanip --report-absent 192.0.2.200
        set j2 unbanip --report-absent 192.0.2.200 192.0.2.8
        set j2 unbanip nonsense
        get j2 banip
        unban 192.0.2.7
        status j2
        set j2 banip 192.0.2.33
        get j2 banip --with-time
        set j2 attempt
        set j2 attempt 192.0.2.50
        set j2 attempt 192.0.2.52 line
        set j2 attempt 192.0.2.53 line other
        status j2
        set j2 addignoreip 192.0.2.51
        set j2 attempt 192.0.2.51 line
        reload j2
        get j2 banip
        get j2 ignoreip
        get j2 actions
        get j2 maxretry
        add
        add j1
        add j1 polling
        add --all
        add new foo
        add new polling
        status new
        get new actions
        get new failregex
        start new
        start nope
        start
        stop new
        stop new
        stop nope
        reload
        reload j1
        reload --if-exists j1
        reload --if-exists nope
        reload nope
        reload a b c
        reload --unban j2
        get j2 banip
        reload --restart
        restart j1
        restart --unban j1
        restart nope
        status
        start
        help x
        -t
        -t ping
        -d
        --dp
        --str2sec 1d12h
        --str2sec foo
        -V
        -q ping
        -q foo
        stop j2
        status
        reload --if-exists j2
        status
        reload j2
        status
        reload j3
        stop j2
        stop --all
        status
        banned
        unban --all
        status --all
        stats
        reload
        status
        stop
        status
        """.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
