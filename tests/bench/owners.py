# SPDX-License-Identifier: ISC
"""What it costs to have the files of an image right: `orlop lockdown --check` of a tree that is
right already, on overlayfs as in a container, beside find(1) and the chown -R that entrypoint
scripts run at each start. Runs itself in a mount namespace of its own, where the overlay is.
"""

import json
import os
import subprocess
import sys
import time

from bed import Failed

FILES = 100_000
IN_ONE = 50
ROUNDS = 5


def make_lower(path):
    """Directories of 50 files, as those of a PHP application are, and of their size."""
    content = b"x" * 4400
    for folder in range(FILES // IN_ONE):
        directory = f"{path}/vendor/{folder // IN_ONE}/{folder}"
        os.makedirs(directory)
        for name in range(IN_ONE):
            with open(f"{directory}/{name}.php", "wb") as file:
                file.write(content)


def timed(*command):
    begin = time.monotonic()
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, check=False)
    took = time.monotonic() - begin
    if result.returncode:
        raise Failed(f"{' '.join(command)}: {result.stderr[-500:].decode(errors='replace')}")
    return took


def copied(upper):
    return sum(len(files) for _, _, files in os.walk(upper))


def inside(program, work, full):
    """In the namespace, with the overlay at work/image: the samples of all, as JSON."""
    image, upper = f"{work}/image", f"{work}/upper"
    subprocess.run(["mount", "-t", "overlay", "-o",
                    f"lowerdir={work}/lower,upperdir={upper},workdir={work}/work", "none", image],
                   check=True)
    found = {"check": [], "find": []}
    timed("find", image, "-printf", "%u%m")  # the caches are warm for both
    for _ in range(ROUNDS):
        found["check"].append(timed(program, "lockdown", "--check", f"--directory={work}"))
        found["find"].append(timed("find", image, "-printf", "%u%m"))
    found["copied"] = copied(upper)
    part = image if full else f"{image}/vendor/0"  # chown -R of all: a minute
    found["chown"] = [timed("chown", "-R", "0:0", part)]
    found["chown copied"] = copied(upper)
    print(json.dumps(found))


def measure_owners(shop, table, full):
    work = shop.file("owners")
    for name in ("services", "lower", "upper", "work", "image"):
        os.makedirs(f"{work}/{name}", 0o755)
    os.chmod(shop.path, 0o755)
    with open(f"{work}/services/web.ini", "w", encoding="ascii") as file:
        file.write(f"command = sleep 1000\nuser = www-data\nread = {work}/image/vendor\n")
    make_lower(f"{work}/lower")
    result = subprocess.run(
        ["unshare", "--mount", sys.executable, __file__, shop.file("orlop"), work,
         "full" if full else "part"], stdout=subprocess.PIPE, check=False)
    if result.returncode:
        raise Failed("the files of an image could not be measured")
    found = json.loads(result.stdout)
    measure = f"{FILES:,} right files on overlayfs"
    table.add(measure, "orlop lockdown --check", found["check"], "s", found["find"],
              budget=("value", 0.25), base="find")
    table.add(measure, "  files copied up", [found["copied"]], "", budget=("value", 0))
    table.add(measure, "find -printf", found["find"], "s")
    what = f"chown -R of {found['chown copied']:,} of them"
    table.add(measure, what, found["chown"], "s")
    table.add(measure, "  files copied up", [found["chown copied"]], "")


if __name__ == "__main__":
    sys.exit(inside(sys.argv[1], sys.argv[2], sys.argv[3] == "full"))
