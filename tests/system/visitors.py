"""Visitors of a web server, run inside its network namespace: VISITORS PORT COUNT KEEP PATH.

Each of them asks again and again, until COUNT answers have come and standard input has ended.
A connection that is kept may be closed by the server while the next question is on its way; HTTP
says to ask again then, on a new one. A new connection has no excuse. Prints one line of JSON.
"""
import json
import os
import select
import socket
import sys
import threading

class Visitor(threading.Thread):
    def __init__(self, house):
        super().__init__()
        self.house = house
        self.connection = None
        self.answers = self.again = 0
        self.faults = []

    def run(self):
        while not self.house.closed() and len(self.faults) < 20:
            try:
                self.visit()
                self.answers += 1
                self.house.count()
            except OSError as fault:
                self.faults.append(repr(fault))
                self.leave()
        if not self.house.over:
            print("enough", flush=True)  # nobody waits for one that has given up

    def leave(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def visit(self):
        kept = self.connection is not None
        try:
            answer = self.ask()
        except ConnectionError:
            if not kept:
                raise
            self.leave()
            self.again += 1
            answer = self.ask()
        head = answer.split(b"\r\n", 1)[0]
        if head != b"HTTP/1.1 200 OK" or not answer.endswith(b"\r\n\r\nwell"):
            raise OSError(f"answered {answer[:200]!r}")
        if not self.house.keep or b"\nConnection: close" in answer:
            self.leave()

    def ask(self):
        if not self.connection:
            self.connection = socket.create_connection(("127.0.0.1", self.house.port), 30)
        self.connection.sendall(self.house.question)
        answer = b""
        while not answer.endswith(b"\r\n\r\nwell"):
            piece = self.connection.recv(4096)
            if not piece and (not answer or self.house.keep):
                raise ConnectionResetError(f"closed behind {answer!r}")
            if not piece:
                break
            answer += piece
        return answer


class House:
    def __init__(self, port, count, keep, path):
        self.port, self.left, self.keep = port, count, keep
        self.question = (f"GET {path} HTTP/1.1\r\nHost: here\r\n"
                         f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n").encode()
        self.lock = threading.Lock()
        self.over = False

    def count(self):
        with self.lock:
            self.left -= 1
            first = self.left == 0
        if first:
            print("enough", flush=True)

    def closed(self):
        return self.over and self.left <= 0

    def wait(self):
        while select.select([0], [], [])[0] and os.read(0, 100):
            pass
        self.over = True


def main():
    visitors, port, count, keep, path = sys.argv[1:]
    house = House(int(port), int(count), keep == "keep", path)
    visitors = [Visitor(house) for _ in range(int(visitors))]
    for visitor in visitors:
        visitor.start()
    house.wait()
    for visitor in visitors:
        visitor.join()
    print(json.dumps({"answers": sum(v.answers for v in visitors),
                      "again": sum(v.again for v in visitors),
                      "faults": [fault for v in visitors for fault in v.faults]}))


main()
