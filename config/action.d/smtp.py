# Mail at each start and stop of a jail, and for each ban. Fail2Ban.NET has this built in and does not run the file, unless
# somebody changes it; what is here does the same under a fail2ban in Python.
#
# Parameters: host (name or name:port), ssl, user, password, sendername, sender, dest (separated by commas), and matches:
# matches, ipmatches or ipjailmatches for the lines that a mail about a ban has.

import smtplib
import socket
from email.message import EmailMessage
from email.utils import formataddr, formatdate

from fail2ban.server.actions import ActionBase

LINES = {
    "matches": "\nMatches for this ban:\n{}\n",
    "ipmatches": "\nMatches for {ip}:\n{}\n",
    "ipjailmatches": "\nMatches for {ip} for jail {jail}:\n{}\n",
}


class Mail(ActionBase):
    def __init__(self, jail, name, host="localhost", ssl=False, user=None, password=None, sendername="Fail2Ban", sender="fail2ban", dest="root", matches=None):
        super().__init__(jail, name)
        self.host, self.user, self.password, self.matches = host, user, password, matches
        self.ssl = str(ssl).strip().lower() not in ("false", "no", "off", "0", "", "none")
        self.fromname, self.fromaddr, self.toaddr = sendername, sender, dest
        self.norestored = 1

    def _send(self, subject, text):
        message = EmailMessage()
        message["Subject"] = " ".join(subject.split())
        message["From"] = formataddr((self.fromname, self.fromaddr))
        message["To"] = self.toaddr
        message["Date"] = formatdate()
        message.set_content("Hi,\n\n" + text + "\nRegards,\nFail2Ban\n")
        name, _, port = self.host.partition(":")
        with smtplib.SMTP(name, int(port or 25), timeout=60) as server:
            if self.ssl:
                server.starttls()
            if self.user and self.password:
                server.login(self.user, self.password)
            server.sendmail(self.fromaddr, [one.strip() for one in self.toaddr.split(",")], message.as_bytes())

    def start(self):
        self._send("[Fail2Ban] %s: started on %s" % (self._jail.name, socket.gethostname()), "The jail %s has been started successfully.\n" % self._jail.name)

    def stop(self):
        self._send("[Fail2Ban] %s: stopped on %s" % (self._jail.name, socket.gethostname()), "The jail %s has been stopped.\n" % self._jail.name)

    def ban(self, aInfo):
        if aInfo.get("restored"):
            return
        jail, ip = self._jail.name, aInfo["ip"]
        text = "The IP %s has just been banned for %i seconds\nby Fail2Ban after %i attempts against %s.\n" % (ip, self._jail.actions.getBanTime(), aInfo["failures"], jail)
        if self.matches in LINES:
            text += LINES[self.matches].format(aInfo[self.matches], ip=ip, jail=jail)
        self._send("[Fail2Ban] %s: banned %s from %s" % (jail, ip, socket.gethostname()), text)


Action = Mail
