# Runs one action that is written in Python, for a server that is not. The server writes one request a line to our standard
# input; we answer with one line each, and may ask for values and log in between. The file of the action finds here the
# modules that it imports: of fail2ban.server and fail2ban.helpers what actions use.

import abc
import importlib.util
import inspect
import json
import logging
import math
import os
import socket
import sys
import threading
import time
import types
from collections.abc import MutableMapping

requests = sys.stdin.buffer
answers = os.fdopen(os.dup(1), "wb", 0)
os.dup2(2, 1)  # what the action prints must not be taken for an answer
writing = threading.Lock()


def write(message):
    line = json.dumps(message, default=plain, allow_nan=False).encode("ascii") + b"\n"
    with writing:
        answers.write(line)


def plain(value):
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if isinstance(value, MutableMapping):
        return dict(value)
    return str(value)


def read():
    line = requests.readline()
    if not line:
        os._exit(0)  # the server is gone
    return json.loads(line.decode("ascii"))


class Forwarder(logging.Handler):
    def emit(self, record):
        try:
            write({"log": [record.levelno, record.name, self.format(record)]})
        except Exception:
            self.handleError(record)


def set_up_logging():
    for number, name in ((25, "NOTICE"), (18, "MSG"), (7, "TRACEDEBUG"), (5, "HEAVYDEBUG")):
        logging.addLevelName(number, name)
        setattr(logging, name, number)
    logging.TRACEDEBUG, logging.HEAVYDEBUG = 7, 5
    logging.Logger.notice = lambda self, text, *values, **more: self.log(25, text, *values, **more)
    root = logging.getLogger()
    root.addHandler(Forwarder())
    root.setLevel(1)


def get_logger(name):
    return logging.getLogger(name if name.startswith("fail2ban") else "fail2ban." + name)


class CallingMap(MutableMapping):
    """A mapping that calls those of its values that can be called, once, and then keeps the result."""

    CM_REPR_ITEMS = ()

    def __init__(self, *values, **more):
        self.storage = {}
        self.data = dict(*values, **more)

    def __getitem__(self, key):
        value = self.getRawItem(key)
        if callable(value):
            value = value(self) if takes_argument(value) else value()
            self.storage[key] = value
        return value

    def getRawItem(self, key):
        return self.storage[key] if key in self.storage else self.data[key]

    def __setitem__(self, key, value):
        self.storage[key] = value

    def __delitem__(self, key):
        if key not in self.storage and key not in self.data:
            raise KeyError(key)
        self.storage.pop(key, None)
        self.data = {name: value for name, value in self.data.items() if name != key}

    def __iter__(self):
        return iter(list(self.data) + [key for key in self.storage if key not in self.data])

    def __len__(self):
        return len(set(self.data) | set(self.storage))

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, {key: self.getRawItem(key) for key in self if not callable(self.getRawItem(key))})

    def copy(self):
        other = type(self)()
        other.data, other.storage = dict(self.data), dict(self.storage)
        return other

    def reset(self, immutable=True):
        self.storage = {}


def takes_argument(function):
    code = getattr(function, "__code__", None)
    return code is not None and code.co_argcount > (1 if inspect.ismethod(function) else 0)


class ActionInfo(CallingMap):
    """What the server knows of a ban; what costs more is asked for when it is needed."""

    CM_REPR_ITEMS = ("fid", "raw-ticket")


class IPAddr(str):
    """An id, as text that knows what kind of address it is."""

    family = None

    @property
    def familyStr(self):
        return self.family

    isIPv4 = property(lambda self: self.family == "inet4")
    isIPv6 = property(lambda self: self.family == "inet6")
    isValid = property(lambda self: self.family is not None)
    isSingle = property(lambda self: self.family is not None and "/" not in self)


class ActionBase(abc.ABC):
    """What an action's class has at least, by inheriting it or by its own methods."""

    @classmethod
    def __subclasshook__(cls, other):
        return all(callable(getattr(other, name, None)) for name in ("start", "stop", "ban", "reban", "unban"))

    def __init__(self, jail, name):
        self._jail = jail
        self._name = name
        self._logSys = get_logger("fail2ban." + type(self).__name__)

    def start(self):
        pass

    def stop(self):
        pass

    def ban(self, aInfo):
        pass

    def reban(self, aInfo):
        return self.ban(aInfo)

    @property
    def _prolongable(self):
        return False

    def unban(self, aInfo):
        pass


class Jail:
    """The jail, as it was at the last request."""

    def __init__(self):
        self.facts = {}
        bans = types.SimpleNamespace(size=lambda: self.facts["banned"], getBanTotal=lambda: self.facts["banned_total"])
        failures = types.SimpleNamespace(size=lambda: self.facts["found"], getFailTotal=lambda: self.facts["found_total"])
        self.actions = types.SimpleNamespace(getBanTime=lambda: self.facts["bantime"], banManager=bans)
        self.filter = types.SimpleNamespace(failManager=failures)
        self.database = None

    name = property(lambda self: self.facts["name"])

    def getName(self):
        return self.name

    def getBanTime(self, *unused):
        return self.facts["bantime"]


def offer_modules():
    def module(name, **content):
        made = types.ModuleType(name)
        made.__dict__.update(content)
        sys.modules[name] = made
        parent, _, own = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], own, made)
        if name in ("fail2ban", "fail2ban.server"):
            made.__path__ = []

    class MyTime:
        time = staticmethod(time.time)
        now = staticmethod(lambda: time.time())

    class DNSUtils:
        @staticmethod
        def getHostname(fqdn=True):
            return socket.getfqdn() if fqdn else socket.gethostname()

    Actions = type("Actions", (), {"ActionInfo": ActionInfo})
    module("fail2ban")
    module("fail2ban.version", version=VERSION)
    module("fail2ban.helpers", getLogger=get_logger)
    module("fail2ban.server")
    module("fail2ban.server.mytime", MyTime=MyTime)
    module("fail2ban.server.ipdns", IPAddr=IPAddr, DNSUtils=DNSUtils)
    module("fail2ban.server.action", ActionBase=ActionBase, CallingMap=CallingMap)
    module("fail2ban.server.actions", ActionBase=ActionBase, CallingMap=CallingMap, Actions=Actions, MyTime=MyTime, getLogger=get_logger)


def load(path):
    name = os.path.splitext(os.path.basename(path))[0]
    place = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(place)
    sys.modules.setdefault(name, module)
    place.loader.exec_module(module)
    if not hasattr(module, "Action"):
        raise RuntimeError("%s module does not have 'Action' class" % path)
    if not issubclass(module.Action, ActionBase):
        raise RuntimeError("%s module %s does not implement required methods" % (path, module.Action.__name__))
    return module.Action


def ask(tag):
    def value(unused):
        write({"ask": tag})
        return read()["value"]
    return value


def info_of(facts):
    info = ActionInfo(facts["values"])
    address = IPAddr(facts["values"]["ip"])
    address.family = facts["values"]["family"]
    info.data["ip"] = address
    for tag in facts["lazy"]:
        info.data[tag] = ask(tag)
    return info


def nature(action):
    own = getattr(type(action), "unban", None)
    return {
        "norestored": bool(getattr(action, "norestored", False)),
        "unban": own is not ActionBase.unban,
        "flush": hasattr(action, "flush"),
        "reload": hasattr(action, "reload"),
        "prolong": bool(getattr(action, "_prolongable", False)) and hasattr(action, "prolong"),
    }


class Host:
    def __init__(self):
        self.jail = Jail()
        self.action = None

    def make(self, request):
        self.action = load(request["file"])(self.jail, request["name"], **request["options"])
        return nature(self.action)

    def call(self, request):
        values = dict(request["options"])
        if request.get("info"):
            values["aInfo"] = info_of(request["info"])
            return getattr(self.action, request["method"])(values["aInfo"])
        return getattr(self.action, request["method"])(**values)

    def get(self, request):
        return getattr(self.action, request["name"])

    def set(self, request):
        setattr(self.action, request["name"], request["value"])
        return [getattr(self.action, request["name"]), nature(self.action)]

    def names(self, request):
        found = [name for name in dir(self.action) if not name.startswith("_")]
        return [name for name in found if callable(getattr(self.action, name)) == request["callable"]]


def raised(error):
    # Of a class that only the action knows, the nearest that everybody knows.
    known = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
    return [known.__name__, [value if is_plain(value) else str(value) for value in error.args]]


def is_plain(value):
    return isinstance(value, (str, int, type(None))) or (isinstance(value, float) and math.isfinite(value))


def main():
    set_up_logging()
    offer_modules()
    host = Host()
    while True:
        request = read()
        host.jail.facts = request.pop("jail")
        try:
            write({"done": getattr(host, request["do"])(request)})
        except Exception as error:
            logging.getLogger("fail2ban.action").debug("%s", error, exc_info=True)
            write({"error": raised(error)})
        except SystemExit as error:
            write({"error": ["RuntimeError", ["the action called exit(%s)" % error]]})


main()
