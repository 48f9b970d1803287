"""Completion for bash, asked of bash itself."""
import os
import subprocess

import pytest

from conftest import BUILD, ROOT, wait_for

SCRIPT = ROOT / "etc" / "completion" / "orlop.bash"
# What readline does: the line, the cursor at its end, words broken at its own characters.
ASK = r'''
source "$1"
COMP_LINE=$2
COMP_POINT=${#COMP_LINE}
read -ra COMP_WORDS <<<"$COMP_LINE"
[[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
$(complete -p orlop | sed "s/.*-F \([^ ]*\) .*/\1/") orlop "${COMP_WORDS[COMP_CWORD]}" ""
printf "%s\n" "${COMPREPLY[@]}"
'''


def complete(line, prefix=()):
    environment = {**os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}"}
    result = subprocess.run([*prefix, "bash", "--norc", "-c", ASK, "bash", str(SCRIPT), line],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
                            env=environment, check=True)
    assert result.stderr == ""
    return result.stdout.split()


def verbs():
    text = subprocess.run([BUILD / "orlop", "--help"], capture_output=True, text=True,
                          check=True).stdout
    return [line.split()[0] for line in text.splitlines() if line.startswith("  ")]


def inside(tree):
    return ["nsenter", "--pid", "--mount", "--target", str(tree.init)]


def test_a_verb_is_not_completed():
    assert complete("orlop ") == [*verbs(), "--help", "--version"]
    assert complete("orlop timel") == ["timeline"]
    assert complete("orlop --v") == ["--version"]
    assert complete("orlop nonsense ") == []


@pytest.mark.parametrize("line, options", [
    ("orlop start --", {"--timeout=", "--no-wait", "--pid=", "--help"}),
    ("orlop wait --ti", {"--timeout="}),
    ("orlop events -", {"--follow", "--json", "--pid=", "--help"}),
    ("orlop explain --s", {"--syscalls"}),
])
def test_options_are_not_those_of_the_verb(line, options):
    assert set(complete(line)) == options


def test_every_option_that_a_verb_tells_is_an_option():
    for verb in verbs():
        help_text = subprocess.run([BUILD / "orlop", verb, "--help"], capture_output=True,
                                   text=True, check=True).stdout
        for option in complete(f"orlop {verb} --"):
            assert option in help_text + "--help", (verb, option)


def test_names_are_not_those_of_the_running_tree(declare):
    declare.service("nginx", "sleep 1000")
    declare.service("worker", "sleep 1000", instances=2)
    tree = declare.start()
    tree.wait_state("worker", "up")
    wait_for(lambda: tree.services()["nginx"]["state"] == "up")
    prefix = inside(tree)
    assert complete("orlop restart ", prefix) == ["nginx", "worker", "worker@1", "worker@2"]
    assert complete("orlop restart w", prefix) == ["worker", "worker@1", "worker@2"]
    # readline begins a word behind the @
    assert complete("orlop restart worker@", prefix) == ["1", "2"]
    assert complete("orlop events --json n", prefix) == ["nginx"]
    assert complete("orlop signal U", prefix) == ["USR1", "USR2"]
    assert complete("orlop signal USR1 n", prefix) == ["nginx"]
    assert complete(f"orlop restart --pid={tree.init} n") == ["nginx"]


def test_names_are_not_those_of_the_declarations(declare):
    declare.service("alpha", "sleep 1000")
    declare.service("beta", "sleep 1000")
    assert complete(f"orlop explain --directory={declare.path} ") == ["alpha", "beta"]
    assert complete(f"orlop run --directory={declare.path} b") == ["beta"]
    assert complete(f"orlop check --directory={declare.path} ") == []
    assert complete(f"orlop check --directory={declare.path}/serv") == [f"{declare.path}/services"]


