# Does a list of commands with the original's server, in this process, and prints each answer.

import json
import logging
import sys
import time

from fail2ban.server.server import Server


class Quiet(Server):
    def setLogLevel(self, *values): pass
    def setLogTarget(self, *values): pass


logging.getLogger("fail2ban").setLevel(100)
server = Quiet(daemon=False)
server.setDatabase("None")
transmitter = server._Server__transm
for command in json.loads(sys.stdin.read()):
    if command[0] == "wait":
        time.sleep(float(command[1]))
        continue
    code, answer = transmitter.proceed(command)
    print(repr(answer) if code == 0 else "%s(%s)" % (type(answer).__name__, ", ".join(map(repr, answer.args))))
