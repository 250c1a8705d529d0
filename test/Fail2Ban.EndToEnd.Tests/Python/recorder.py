# An action that notes what it was made with, what was called, and what it was given.

import json
import time

from fail2ban.server.actions import ActionBase

TAGS = ("ip", "family", "fid", "ip-rev", "failures", "bantime", "bancount", "matches", "restored", "ipmatches", "ipfailures", "ipjailmatches", "jail.banned", "jail.banned_total", "F-*")


class Recorder(ActionBase):
    def __init__(self, jail, name, file, mark="none"):
        super().__init__(jail, name)
        self.file, self.mark, self.count = file, mark, 0
        self.note("made", jail.name, name, mark)

    def note(self, *what):
        with open(self.file, "a") as file:
            file.write(json.dumps(what, default=repr, sort_keys=True) + "\n")

    def start(self):
        self.note("start", self._jail.actions.getBanTime())

    def stop(self):
        self.note("stop", self.count, self.mark)

    def seen(self, what, aInfo):
        values = {tag: aInfo[tag] if tag != "ip" else str(aInfo[tag]) for tag in TAGS}
        values["fid"] = str(values["fid"])
        aInfo["extra"] = 1
        values["changed"] = [aInfo["extra"], aInfo.get("nothing", "default"), "%(fid)s %(failures)i" % aInfo, "ip" in aInfo, type(aInfo["time"]).__name__, aInfo["ip"] == str(aInfo["ip"])]
        self.note(what, values)

    def ban(self, aInfo):
        self.count += 1
        self.seen("ban", aInfo)
        if str(aInfo["ip"]) == "192.0.2.66":
            raise ValueError("not this one")

    def unban(self, aInfo):
        self.seen("unban", aInfo)

    def greet(self, who, how="hello"):
        print("this is printed, and no answer")
        self._logSys.info("greeting %s", who)
        return [how, {"to": who}, 1.5, None, True]

    def fail(self):
        raise KeyError("gone")

    def hang(self):
        time.sleep(3600)

    def die(self):
        import os
        os._exit(7)


Action = Recorder
