"""Asks an installed fail2ban about its own sample logs; prints one JSON document for SampleLogTests.

For every sample log and each set of filter options named in it: the filter as fail2ban reads it, the rows that its
test tool prints for the whole log, and what the log's comments expect of single lines.
"""
import ast, contextlib, io, json, os, re, shutil, sys, tempfile

os.environ["TZ"] = "Europe/Zurich"
import time
time.tzset()

import fail2ban
import fail2ban.tests
from fail2ban.client import fail2banregex
from fail2ban.client.filterreader import FilterReader
from fail2ban.server.mytime import MyTime

NOW = 1124013600
TESTS = os.path.dirname(fail2ban.tests.__file__)
LOGS = os.path.join(TESTS, "files", "logs")
STOCK = "/etc/fail2ban"
MyTime.setTime(NOW)

# The filters that belong to the tests include the stock ones by a path seven levels up.
TREE = tempfile.TemporaryDirectory()
OWN = os.path.join(TREE.name, *"12345", "config")
shutil.copytree(os.path.join(TESTS, "config", "filter.d"), os.path.join(OWN, "filter.d"))
shutil.copytree(os.path.join(STOCK, "filter.d"), os.path.join(TREE.name, "config", "filter.d"))


def base_of(name):
    for base in (STOCK, OWN):
        if os.path.exists(os.path.join(base, "filter.d", name + ".conf")):
            return base
    return None


def definition(name, options):
    reader = FilterReader(name, "test", dict(options), share_config=None, basedir=base_of(name))
    reader.read()
    reader.getOptions(None)
    found = dict(prefregex=None, failregex=[], ignoreregex=[], maxlines=None, datepattern=None)
    for command in reader.convert():
        kind, values = command[2], command[3:]
        kind = {"addfailregex": "failregex", "addignoreregex": "ignoreregex"}.get(kind, kind)
        if kind in ("failregex", "ignoreregex"):
            found[kind] += values[0] if command[0] == "multi-set" else values
        elif kind in found:
            found[kind] = values[0]
    return found


def canonical(identity, when, data):
    fields = []
    for key, value in sorted(data.items()):
        if value is None or key == "matches":
            continue
        if isinstance(value, (set, list)):
            value = ",".join(sorted(map(str, value)))
        fields.append("%s=%s" % (key, value))
    return "\t".join([str(identity), repr(when and float(when)), *fields])


def rows(path, name, options):
    text = "%s[%s]" % (name, ", ".join('%s="%s"' % item for item in options.items())) if options else name
    output = io.StringIO()
    status = 0
    with contextlib.redirect_stdout(output):
        try:
            fail2banregex.exec_command_line(["-c", base_of(name), "--usedns", "no", "-o", "row", path, text])
        except SystemExit as end:
            status = end.code or 0
    if status:
        raise Exception("%s %s: status %s: %s" % (path, text, status, output.getvalue()))
    return [canonical(*ast.literal_eval(line.rstrip().rstrip(","))) for line in output.getvalue().splitlines() if line.startswith("[")]


def plain(options):
    return {key: value for key, value in options.items() if not key.startswith("test.")}


def scan(name, log, sets, file_options, expectations, used):
    """Follows the comments of one sample log; returns the option sets in force at its end."""
    skipped = False
    with open(os.path.join(LOGS, log), encoding="utf-8", errors="replace", newline="\n") as lines:
        lines = iter(lines)
        for line in lines:
            comment = re.match(r"^#+ ?(failJSON|(?:file|filter)Options|addFILE):(.+)$", line)
            facts = {}
            if comment:
                value = json.loads(comment.group(2))
                if comment.group(1) == "fileOptions":
                    file_options = value
                    continue
                if comment.group(1) == "addFILE":
                    scan(name, value, [], {}, expectations, used)
                    continue
                if comment.group(1) == "filterOptions":
                    sets = []
                    for options in value if isinstance(value, list) else [value]:
                        merged = {**file_options, **options}
                        condition = merged.get("test.condition")
                        if not condition or eval(condition, {"name": name}):
                            sets.append(merged)
                    skipped = not sets
                    continue
                facts = value
                line = next(lines)
            elif skipped or line.startswith("#") or not line.strip():
                continue
            if skipped:
                continue
            sets = sets or [dict(file_options)]
            for options in sets:
                constraint = facts.get("constraint")
                if constraint and not eval(constraint, {"name": name, "opts": options}):
                    continue
                key = json.dumps([name, options], sort_keys=True)
                used.add((log, json.dumps(plain(options), sort_keys=True)))
                entry = expectations.setdefault(key, dict(filter=name, options=options, lines=[]))
                when = facts.get("time")
                if when:
                    when = time.mktime(time.strptime(when.split(".")[0], "%Y-%m-%dT%H:%M:%S"))
                expected = {k: v for k, v in facts.items() if k not in ("time", "match", "desc", "constraint")}
                for k, v in expected.items():
                    if isinstance(v, list):
                        expected[k] = ",".join(sorted(map(str, v)))
                entry["lines"].append(dict(
                    log=log,
                    text=line.rstrip("\r\n"),
                    prefix=options.get("test.prefix-line", ""),
                    journal=options.get("logtype") == "journal",
                    match=facts.get("match", False),
                    time=when,
                    expected={k: None if v is None else str(v) for k, v in expected.items()}))


def main():
    cases, expectations, logs = [], {}, 0
    for log in sorted(os.listdir(LOGS)):
        if not os.path.isfile(os.path.join(LOGS, log)) or not base_of(log):
            continue
        logs += 1
        used = set()
        scan(log, log, [], {}, expectations, used)
        for path, options in sorted(used | {(log, "{}")}):
            options = json.loads(options)
            cases.append(dict(log=os.path.join(LOGS, path), filter=log, options=options,
                              definition=definition(log, options), rows=rows(os.path.join(LOGS, path), log, options)))
    for entry in expectations.values():
        entry["definition"] = definition(entry["filter"], plain(entry["options"]))
    json.dump(dict(now=NOW, version=fail2ban.version.version, logs=logs, cases=cases, expectations=list(expectations.values())), sys.stdout)


main()
