"""Runs an installed fail2ban-regex on many command lines in one process.

Reads a JSON list of argument lists; prints a JSON list of [status, standard output].
"""
import contextlib, io, json, sys

from fail2ban.client import fail2banregex

answers = []
for arguments in json.load(sys.stdin):
    output = io.StringIO()
    status = 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        try:
            fail2banregex.exec_command_line(arguments)
        except SystemExit as end:
            status = end.code or 0
        except Exception:
            status = 1
    answers.append([status & 255, output.getvalue()])
json.dump(answers, sys.stdout)
