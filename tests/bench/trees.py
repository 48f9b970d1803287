# SPDX-License-Identifier: ISC
"""The contestants: how each of them is told to run N times the same service as nobody.

Each tree is prepared once and booted many times, as an image is: what a program leaves in its
folders (the fifos of s6 and runit) is there from the second boot on, in favour of the peers.
"""

import os
import shutil

from bed import Bed, Stamps


class Tree:
    """One contestant's N services; `boot` gives a Bed."""

    most = 10000
    stops = True  # can be told to stop in order, and its init waits for it
    restarts = True

    def __init__(self, shop, count):
        self.shop = shop
        self.count = count
        self.folder = shop.file(f"{self.name.replace(' ', '-')}-{count}")
        os.mkdir(self.folder)
        self.stamps = Stamps(self.folder + ".stamps", count)
        self.prepare()

    def boot(self):
        return Bed(self.shop, self.stamps, self.command())

    def service(self, index):
        return f"{self.shop.file('service')} {self.stamps.path} {index}"

    def prepare(self):
        for index in range(1, self.count + 1):
            self.declare(index)

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)

    def remove(self):
        self.stamps.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Floor(Tree):
    name = "floor"
    restarts = False

    def prepare(self):
        pass

    def command(self):
        return [self.shop.file("floor"), str(self.count), self.shop.file("service"),
                self.stamps.path]


class Orlop(Tree):
    name = "orlop"

    def declare(self, index):
        self.write(f"services/s{index}.ini",
                   f"command = {self.service(index)}\nuser = nobody\n{self.cage()}")

    def cage(self):
        return "confine = off\n"

    def command(self):
        return [self.shop.file("orlop-init"), f"--directory={self.folder}"]


class Caged(Orlop):
    """The full cage: what every service gets without any key, and paths."""

    name = "orlop caged"

    def cage(self):
        return f"read = {self.folder}\nwrite = {self.stamps.path}\n"


class S6(Tree):
    name = "s6"

    def declare(self, index):
        self.write(f"s{index}/run", f"#!/bin/sh\nexec s6-setuidgid nobody {self.service(index)}\n",
                   0o755)

    def command(self):
        return ["s6-svscan", "-c", str(2 * self.count + 10), self.folder]


class Runit(Tree):
    """runsvdir as PID 1: its HUP tells each runsv to stop and does not wait for them."""

    name = "runit"
    most = 1000
    stops = False

    def declare(self, index):
        self.write(f"s{index}/run", f"#!/bin/sh\nexec chpst -u nobody {self.service(index)}\n",
                   0o755)

    def command(self):
        return ["runsvdir", self.folder]


class Supervisord(Tree):
    name = "supervisord"
    most = 110

    def prepare(self):
        # Files of its own: it unlinks its pidfile, so that must never be /dev/null.
        text = f"[supervisord]\nnodaemon=true\nuser=root\npidfile={self.folder}/pid\n" \
               f"logfile={self.folder}/log\n"
        for index in range(1, self.count + 1):
            text += f"[program:s{index}]\ncommand={self.service(index)}\nuser=nobody\n" \
                    "stdout_logfile=NONE\nstderr_logfile=NONE\n"
        self.write("supervisord.conf", text)

    def command(self):
        return ["supervisord", "-c", os.path.join(self.folder, "supervisord.conf")]


ALL = (Floor, Orlop, Caged, S6, Runit, Supervisord)
