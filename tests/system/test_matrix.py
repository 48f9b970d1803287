"""What a caged service can still do, in every way that a container is run: nothing that is not in
the table beside this file."""
import os
import shutil

import pytest

import matrix
from test_confine import landlock_abi

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="makes set-ups with several uids"),
    pytest.mark.skipif(landlock_abi() < 6, reason="no Landlock scopes in this kernel"),
    pytest.mark.skipif(not shutil.which("gcc"), reason="no compiler"),
]


@pytest.mark.parametrize("setup", matrix.SETUPS)
def test_forbidden_acts(setup):
    assert matrix.differences(setup, matrix.run(setup)) == []


def test_the_table_has_every_set_up():
    assert list(matrix.golden()) == [*matrix.SETUPS, *matrix.CONTAINERS]
