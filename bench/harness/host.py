"""A server, ours or the reference, with a configuration, a socket and a database of its own in a temporary directory."""
import os
import pickle
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
STOCK = "/etc/fail2ban"
END = b"<F2B_END_COMMAND>"


class Program:
    """One of the two that are compared."""

    def __init__(self, name, folder):
        self.name = name
        self.folder = folder

    def __getattr__(self, tool):
        return f"{self.folder}/fail2ban-{tool}"

    @property
    def exists(self):
        return os.path.exists(self.server)

    def version(self):
        found = run(self.client, "--version")
        return found.stdout.strip().splitlines()[0] if found.stdout.strip() else "?"


OURS = Program("ours", f"{ROOT}/dist/bin")
THEIRS = Program("fail2ban", "/usr/bin")


def run(*words, **options):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options)


def configuration():
    """What both run with: that of the installed reference where there is one, else our own."""
    return STOCK if os.path.isdir(f"{STOCK}/filter.d") and THEIRS.exists else f"{ROOT}/dist/etc/fail2ban"


class Host:
    def __init__(self, program, jails, filters=None, etc=None, options="", within=None):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix="f2b-bench.", dir=within)
        shutil.copytree(etc or configuration(), f"{self.folder}/etc")
        shutil.rmtree(f"{self.folder}/etc/jail.d", ignore_errors=True)
        self.write("etc/fail2ban.local", f"[Definition]\nlogtarget = {self.folder}/log\nsocket = {self.folder}/socket\n"
                                         f"pidfile = {self.folder}/pid\ndbfile = {self.folder}/db.sqlite3\n{options}")
        self.write("etc/jail.local", jails.replace("{folder}", self.folder))
        for name, text in (filters or {}).items():
            self.write(f"etc/filter.d/{name}.conf", text)
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        run("nft", "flush", "ruleset")  # of our own network namespace

    def path(self, name):
        return f"{self.folder}/{name}"

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def append(self, name, data):
        with open(self.path(name), "ab", buffering=0) as file:
            file.write(data)

    def client(self, *words):
        return run(self.program.client, "-c", self.path("etc"), *words)

    def start(self, *before, timeout=120):
        """Starts the server in the foreground; `before` stands before its command (taskset). Returns seconds until ready."""
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = self.path("notify")
        if os.path.exists(name):
            os.unlink(name)
        notify.bind(name)
        notify.settimeout(0.0)
        begin = time.perf_counter()
        with open(self.path("said"), "w") as said:
            self.process = subprocess.Popen([*before, self.program.server, "-c", self.path("etc"), "-f", "-x", "start"],
                                            stdout=said, stderr=subprocess.STDOUT, env={**os.environ, "NOTIFY_SOCKET": name, "PYTHONUNBUFFERED": "1"})
        told = self.program is OURS
        while time.perf_counter() - begin < timeout:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.program.name} does not start:\n{self.log()[-2000:]}")
            if told:
                # Readiness is told when stored bans are in force (sd_notify(3)).
                try:
                    if b"READY=1" in notify.recv(4096):
                        break
                except BlockingIOError:
                    time.sleep(0.0005)
            elif "Server ready" in self.text("said"):
                break
            else:
                time.sleep(0.002)
        else:
            raise RuntimeError(f"{self.program.name} is not ready after {timeout} s")
        notify.close()
        return time.perf_counter() - begin

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def log(self):
        return self.text("log")

    def text(self, name):
        try:
            with open(self.path(name), errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def ask(self, *words):
        """Sends one command over the socket; returns seconds and the raw answer."""
        control = socket.socket(socket.AF_UNIX)
        control.settimeout(60)
        begin = time.perf_counter()
        control.connect(self.path("socket"))
        control.sendall(pickle.dumps(list(words), 2) + END)
        text = b""
        while not text.endswith(END):
            part = control.recv(1 << 16)
            if not part:
                break
            text += part
        seconds = time.perf_counter() - begin
        control.close()
        return seconds, text

    def memory(self, field="VmRSS"):
        """MiB, as /proc/PID/status has it."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(field + r":\s+(\d+)", file.read())[1])  / 1024

    def cpu(self):
        """Seconds of processor time so far, children not counted."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            words = file.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def banned(self, jail):
        """The addresses that the kernel has for a jail."""
        text = run("nft", "list", "set", "inet", "f2b-table", f"addr-set-{jail}").stdout
        return set(re.findall(r"\d+\.\d+\.\d+\.\d+", text))

    def failed(self, jail):
        """Total failed, as status tells."""
        text = self.client("status", jail).stdout
        return int(re.search(r"Total failed:\s+(\d+)", text)[1])

    def trouble(self):
        return [line for line in self.log().splitlines() if " ERROR " in line or " CRITICAL " in line]
