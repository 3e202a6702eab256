#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""znode.py - write or read one znode: just enough of ZooKeeper's client protocol.

    znode.py HOST:PORT set PATH VALUE
    znode.py HOST:PORT get PATH

Jute records behind a length: connect, create (op 1), setData (op 5), getData (op 4).
"""
import socket
import struct
import sys

NODE_EXISTS = -110


def text(s):
    b = s.encode()
    return struct.pack(">i", len(b)) + b


class Client:
    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.xid = 0
        self.send(struct.pack(">iqiq", 0, 0, 10000, 0) + struct.pack(">i", 16) + bytes(16) + b"\0")
        self.receive()

    def send(self, body):
        self.socket.sendall(struct.pack(">i", len(body)) + body)

    def exactly(self, n):
        out = b""
        while len(out) < n:
            part = self.socket.recv(n - len(out))
            if not part:
                raise SystemExit("znode: the server closed the connection")
            out += part
        return out

    def receive(self):
        return self.exactly(struct.unpack(">i", self.exactly(4))[0])

    def call(self, op, body):
        self.xid += 1
        self.send(struct.pack(">ii", self.xid, op) + body)
        answer = self.receive()
        _, _, code = struct.unpack(">iqi", answer[:16])
        return code, answer[16:]


def main(argv):
    if len(argv) < 4 or (argv[2], len(argv)) not in (("set", 5), ("get", 4)):
        sys.exit(__doc__)
    client, path = Client(argv[1]), argv[3]
    if argv[2] == "get":
        code, body = client.call(4, text(path) + b"\0")
        if code:
            sys.exit(f"znode: reading {path} ended with {code}")
        print(body[4:4 + struct.unpack(">i", body[:4])[0]].decode())
        return
    acl = struct.pack(">ii", 1, 31) + text("world") + text("anyone")
    code, _ = client.call(1, text(path) + text(argv[4]) + acl + struct.pack(">i", 0))
    if code == NODE_EXISTS:
        code, _ = client.call(5, text(path) + text(argv[4]) + struct.pack(">i", -1))
    if code:
        sys.exit(f"znode: writing {path} ended with {code}")


main(sys.argv)
