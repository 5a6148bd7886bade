#!/usr/bin/env python3
"""Writes src/order.txt: the functions that plans and applies run through, which a release puts side by side.

    tests/bench/order.py

Needs valgrind. Builds a release, which takes minutes, runs it on the projects of engine.py, and names what ran, in the
order of the steps that needed it. Repeat it when plans have become slower to start, or larger in memory: after new
dependencies, or another compiler, all names are others.
"""

import bisect
import os
import re
import subprocess
import tempfile
from pathlib import Path

from engine import ROOT, SHAPES, lay_out

STEPS = ["version", "validate", "plan", "apply -auto-approve", "plan", "destroy -auto-approve"]
# Each instance takes the same way as the one before.
SIZE = 50


def build(map_file):
    """The program as it is released, and a table of its functions: address, size, name."""
    arguments = [f"-Clink-arg=-Wl,{argument}" for argument in (f"-Map={map_file}", "--no-demangle")]
    command = ["cargo", "rustc", "--release", "--locked", "--bin", "terrace", "--", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)
    # Address, load address, size and alignment; names of symbols stand furthest to the right.
    symbol = re.compile(r" *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +[0-9]+ {17}(\S+)$")
    found = (symbol.match(line) for line in Path(map_file).read_text().splitlines())
    functions = sorted((int(line[1], 16), int(line[2], 16), line[3]) for line in found if line)
    return ROOT / "target/release/terrace", [one for one in functions if one[1]]


def ran(program, command, folder):
    """The addresses of all instructions that ran."""
    trace = Path(folder, "trace")
    valgrind = ["valgrind", "--tool=callgrind", "--dump-instr=yes", f"--callgrind-out-file={trace}"]
    environment = {**os.environ, "NO_COLOR": "1"}
    output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*valgrind, program, *command.split()], cwd=folder, env=environment, check=True, **output)
    # An address may be told as the distance to the one before, or as "*", which is no distance.
    place, address = re.compile(r"(\+|-)?(0x[0-9a-f]+|[0-9]+) "), 0
    for line in trace.read_text(errors="replace").splitlines():
        if found := place.match(line):
            number = int(found[2], 0)
            address = {"+": address + number, "-": address - number}.get(found[1], number)
            yield address
    trace.unlink()


def main():
    with tempfile.TemporaryDirectory() as folder:
        program, functions = build(Path(folder, "map"))
        starts = [start for start, _, _ in functions]
        order = {}
        for shape, files in SHAPES.items():
            project = Path(folder, shape)
            project.mkdir()
            lay_out(files(SIZE), project)
            for command in ["init", *STEPS]:
                reached = set()
                for address in ran(program, command, project):
                    index = bisect.bisect_right(starts, address) - 1
                    if index >= 0 and address < sum(functions[index][:2]):
                        reached.add(index)
                order |= dict.fromkeys(functions[index][2] for index in sorted(reached))
        Path(ROOT, "src/order.txt").write_text("\n".join(order) + "\n")
        print(f"{len(order)} functions")


if __name__ == "__main__":
    main()
