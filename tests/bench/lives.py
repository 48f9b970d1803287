# SPDX-License-Identifier: ISC
"""Boot and ordered stop of N services, and plain mode: each round runs every contestant once, in
an order that turns, and a ratio is the median of the rounds' own ratios. So what the machine does
besides falls on all of them. The first round warms up and is not counted."""

import time

from bed import Bed, Stamps
from trees import ALL

ROUNDS = {1: 15, 10: 9, 100: 9, 1000: 5, 5000: 3}
SLOW = ("supervisord",)  # a second and more, whatever N: fewer rounds


def rounds_of(name, rounds):
    return min(rounds, 3) if name in SLOW else rounds


def run_rounds(shop, count, rounds):
    """{name: ([boot seconds], [stop seconds])}"""
    trees = [kind(shop, count) for kind in ALL if count <= kind.most]
    results = {tree.name: ([], []) for tree in trees}
    try:
        for turn in range(rounds + 1):
            first = turn % len(trees)
            for tree in trees[first:] + trees[:first]:
                if turn > rounds_of(tree.name, rounds):
                    continue
                boot, stop = run_once(tree)
                if turn:
                    results[tree.name][0].append(boot)
                    results[tree.name][1].append(stop)
    finally:
        for tree in trees:
            tree.remove()
    return results


def run_once(tree):
    with tree.boot() as bed:
        boot = bed.boot()
        if not tree.stops:
            return boot, None
        time.sleep(0.05 + tree.count / 5000)  # it may still be busy with the last one's start
        return boot, bed.stop()


def boot_budget(name, count):
    if count == 1 and name.startswith("orlop"):
        return ("value", 3)
    budgets = {"orlop": ("ratio", 1.5), "orlop caged": ("ratio", 3)}
    return budgets.get(name) if count >= 100 else None


def measure_lives(shop, table, rows, full):
    counts = [1, 10, 100, 1000] + ([5000] if full else [])
    if "boot" not in rows:
        counts = [count for count in counts if count >= 100]
    stops = []
    for count in counts:
        results = run_rounds(shop, count, ROUNDS[count])
        floor = results["floor"]
        for name, (boots, ends) in results.items():
            if "boot" in rows:
                table.add(f"boot, N = {count}", name, scaled(boots), floor=scaled(floor[0]),
                          budget=boot_budget(name, count))
            if "stop" in rows and count >= 100 and ends[0] is not None:
                budget = ("ratio", 1.5) if name.startswith("orlop") else None
                stops.append((f"stop, N = {count}", name, scaled(ends), scaled(floor[1]), budget))
    for measure, name, ends, floor, budget in stops:
        table.add(measure, name, ends, floor=floor, budget=budget)


def scaled(seconds):
    return [1e3 * value for value in seconds]


def measure_plain(shop, table, rounds=80):
    """One command alone, to its first instruction."""
    stamps = Stamps(shop.file("plain.stamps"), 1)
    command = [shop.file("service"), stamps.path, "1"]
    inits = {"minimal init": [shop.file("minimal")], "orlop": [shop.file("orlop-init"), "--"],
             "tini": ["tini", "--"], "dumb-init": ["dumb-init", "--"],
             "catatonit": ["catatonit", "--"]}
    times = {name: [] for name in inits}
    names = list(inits)
    for turn in range(rounds + 1):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            environment = {"ORLOP_SERVICES": "none"} if name == "orlop" else None
            with Bed(shop, stamps, inits[name] + command, environment) as bed:
                took = bed.boot()
            if turn:
                times[name].append(1e3 * took)
    stamps.close()
    for name in names:
        table.add("plain mode", name, times[name], floor=times["minimal init"],
                  base="minimal init", budget=("ratio", 1.3) if name == "orlop" else None)
