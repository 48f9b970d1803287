# SPDX-License-Identifier: ISC
"""The column of the sandbox matrix that needs an engine: a container of a normal user's podman."""

import os
import pwd
import sys

from .boxes import ROOT, until

sys.path.insert(0, str(ROOT / "tests" / "system"))
import matrix  # noqa: E402  # pylint: disable=wrong-import-position


def test_forbidden_acts(start, rootless):
    owner = pwd.getpwnam(rootless.prefix[2]).pw_uid if rootless.prefix else os.getuid()
    bed = matrix.Bed(owner)
    try:
        box = start(rootless, "--volume", f"{bed.path}:{bed.path}:ro",
                    "--tmpfs", f"{bed.path}/data:mode=1777",
                    command=[f"--directory={bed.path}/etc"])
        until(lambda: "end of matrix" in box.logs(), "the end of the matrix")
        found = matrix.outcomes(box.logs().splitlines(keepends=True))
    finally:
        bed.remove()
    assert matrix.differences("rootless", found) == []
