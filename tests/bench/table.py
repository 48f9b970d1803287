# SPDX-License-Identifier: ISC
"""The rows of the bench and their one table. A row's budget is that of the design's list; nothing
here fails on it, as a machine that is busy with something else proves nothing."""

import json
import statistics


class Table:
    def __init__(self):
        self.rows = []

    def add(self, measure, program, samples, unit="ms", floor=None, budget=None, base="floor"):
        """`floor`: samples of what it is compared with, taken in the same rounds.

        `budget`: ("ratio", most), ("value", most) or ("least", least).
        """
        value = statistics.median(samples)
        ratio = None
        if floor:
            pairs = [mine / its for mine, its in zip(samples, floor) if its]
            ratio = statistics.median(pairs) if pairs else None
        row = {"measure": measure, "program": program, "unit": unit, "value": value,
               "low": min(samples), "high": max(samples), "samples": len(samples),
               "ratio": ratio, "base": base if ratio is not None else None,
               "budget": None, "met": None}
        if budget:
            kind, most = budget
            judged = ratio if kind == "ratio" else value
            row["budget"] = f"{number(most)} x {base}" if kind == "ratio" else \
                f"{number(most)} {unit}".strip()
            if kind == "least":
                row["budget"] = "at least " + row["budget"]
            met = judged is not None and (judged >= most if kind == "least" else judged <= most)
            row["met"] = None if judged is None else met
        self.rows.append(row)

    def json(self):
        return json.dumps(self.rows, indent=1)

    def text(self):
        lines = [("measure", "program", "median", "lowest", "highest", "ratio", "budget", "met")]
        before = None
        for row in self.rows:
            measure = row["measure"] if row["measure"] != before else ""
            if before is not None and measure:
                lines.append(None)
            before = row["measure"]
            ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
            lines.append((measure, row["program"], f"{number(row['value'])} {row['unit']}".strip(),
                          number(row["low"]), number(row["high"]), ratio, row["budget"] or "",
                          {None: "", True: "yes", False: "NO"}[row["met"]]))
        widths = [max(len(line[i]) for line in lines if line) for i in range(8)]
        right = (2, 3, 4, 5)
        return "\n".join("" if line is None else "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)


def number(value):
    if value == int(value):
        return str(int(value))
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
