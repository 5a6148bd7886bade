#!/usr/bin/env python3
"""Times terrace against terraform on one file of 10,000 resource blocks, in one run, by turns.

    cargo build --release && tests/bench/versus.py [--terrace PATH] [--rounds N] [--blocks N]

For each command it prints the best of the rounds: wall seconds, CPU seconds and peak memory of both, and how many
times less terrace took. Only terraform_data is used, so no provider and no network is involved.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

HEAD = """variable "name" {
  type    = string
  default = "fleet"
}

locals {
  tags = { team = "core" }
}
"""

BLOCK = """
# Instance number %(n)d.
resource "terraform_data" "web_%(n)d" {
  count = var.name == "fleet" ? 1 : 0
  input = merge(local.tags, {
    Name  = "${var.name}-web-%(n)d"
    Index = %(n)d
  })
  triggers_replace = [local.tags, %(n)d]

  lifecycle {
    create_before_destroy = true
  }
}
"""

COMMANDS = [["validate"], ["fmt", "-check"]]


def measure(command, folder):
    """Wall seconds, CPU seconds, peak MB of one process."""
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed with status {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def best(measures):
    return [min(column) for column in zip(*measures)]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--terrace", default=str(ROOT / "target/release/terrace"))
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--blocks", type=int, default=10_000)
    arguments = arguments.parse_args()
    tools = {"terrace": os.path.abspath(arguments.terrace)}
    if terraform := shutil.which("terraform"):
        tools["terraform"] = terraform
    else:
        print("terraform is not on the PATH: only terrace is timed.")

    with tempfile.TemporaryDirectory() as folder:
        text = HEAD + "".join(BLOCK % {"n": n} for n in range(arguments.blocks))
        Path(folder, "main.tf").write_text(text)
        print(f"{arguments.blocks} blocks, {len(text.encode()):,} bytes, best of {arguments.rounds} rounds")
        for command in COMMANDS:
            measures = {tool: [] for tool in tools}
            for _ in range(arguments.rounds):
                for tool, path in tools.items():
                    measures[tool].append(measure([path, *command], folder))
            found = {tool: best(of_tool) for tool, of_tool in measures.items()}
            for tool, (wall, cpu, memory) in found.items():
                print(f"{' '.join(command):12} {tool:10} {wall:8.3f} s wall {cpu:8.3f} s CPU {memory:7.0f} MB")
            if "terraform" in found:
                times = [theirs / max(ours, 1e-9) for ours, theirs in zip(found["terrace"], found["terraform"])]
                print(f"{'':12} {'ratio':10} {times[0]:8.0f} x      {times[1]:8.0f} x     {times[2]:7.1f} x")


if __name__ == "__main__":
    main()
