"""What the kernel itself tells of set elements: the same clock for both programs, and nothing is asked while they work."""
import select
import socket
import struct
import threading
import time

NEW_ELEMENTS = 10 << 8 | 12  # NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWSETELEM
GROUP = 1 << 6  # NFNLGRP_NFTABLES


class Elements:
    """Listens to new elements of nftables sets from the moment that it is made."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)  # NETLINK_NETFILTER
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)  # SO_RCVBUFFORCE
        self.socket.bind((0, GROUP))

    def messages(self, until):
        """Yields (moment, bytes) of each message about new elements."""
        while (left := until - time.perf_counter()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                return
            data = self.socket.recv(1 << 20)
            now = time.perf_counter()
            at = 0
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("IH", data, at)
                if kind == NEW_ELEMENTS:
                    yield now, data[at:at + length]
                at += max(16, length + 3 & ~3)

    def wait(self, address, sets, timeout):
        """The moment at which the address is in all of the sets; None after the time-out."""
        wanted = socket.inet_aton(address)
        missing = {name.encode() + b"\0" for name in sets}
        for now, message in self.messages(time.perf_counter() + timeout):
            if wanted in message:
                missing -= {name for name in missing if name in message}
                if not missing:
                    return now
        return None

    def close(self):
        self.socket.close()


class Moments(threading.Thread):
    """Notes when each of many addresses came into a set."""

    def __init__(self, addresses):
        super().__init__(daemon=True)
        self.elements = Elements()
        self.wanted = {socket.inet_aton(address): address for address in addresses}
        self.seen = {}
        self.ends = threading.Event()
        self.start()

    def run(self):
        while not self.ends.is_set() and len(self.seen) < len(self.wanted):
            for now, message in self.elements.messages(time.perf_counter() + 0.2):
                for at in range(24, len(message) - 3, 4):
                    address = self.wanted.get(message[at:at + 4])
                    if address is not None:
                        self.seen.setdefault(address, now)

    def finish(self, timeout):
        self.join(timeout)
        self.ends.set()
        self.join()
        self.elements.close()
        return self.seen
