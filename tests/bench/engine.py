#!/usr/bin/env python3
"""Times plan, apply and the plan without changes of terrace and terraform, in one run, by turns.

    cargo build --release && tests/bench/engine.py [--terrace PATH] [--size N] [--shapes count,chain,modules,file]
                                                   [--limit SECONDS] [--alone]

Only terraform_data is used, so no provider and no network is involved: what is timed is the engine, with the state made
durable. A step that a tool does not finish within the limit is told as such. --alone leaves terraform out.
"""

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def count(size):
    return {"main.tf": f'resource "terraform_data" "fleet" {{\n  count = {size}\n  input = "ship-${{count.index}}"\n}}\n'}


def chain(size):
    links = ['resource "terraform_data" "link0" {\n  input = "first"\n}\n']
    links += [
        f'resource "terraform_data" "link{n}" {{\n  input = terraform_data.link{n - 1}.output\n}}\n'
        for n in range(1, size)
    ]
    return {"main.tf": "\n".join(links)}


def modules(size):
    calls = "\n".join(
        f'module "part{n}" {{\n  source = "./part"\n  name   = "part{n}"\n}}\n' for n in range(max(1, size // 10))
    )
    part = (
        'variable "name" {}\n\nresource "terraform_data" "base" {\n  input = var.name\n}\n\n'
        'resource "terraform_data" "item" {\n  for_each = toset([for n in range(9) : "item${n}"])\n'
        "  input    = [each.key, terraform_data.base.id]\n}\n\n"
        'output "ids" {\n  value = { for key, item in terraform_data.item : key => item.id }\n}\n'
    )
    return {"main.tf": calls, "part/main.tf": part}


def file(size):
    hosts = "".join(f"- name: host-{n}\n  size: {n % 5}\n" for n in range(size))
    main = (
        'resource "terraform_data" "host" {\n  count = length(yamldecode(file("hosts.yaml")))\n'
        '  input = yamldecode(file("hosts.yaml"))[count.index]\n}\n'
    )
    return {"main.tf": main, "hosts.yaml": hosts}


SHAPES = {"count": count, "chain": chain, "modules": modules, "file": file}
STEPS = [("plan", ["plan"]), ("apply", ["apply", "-auto-approve"]), ("no change", ["plan"])]


def measure(command, folder, limit):
    """Wall seconds, CPU seconds and peak MB of one process; none where it takes too long."""
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory() as before:
        shutil.copytree(folder, before, symlinks=True, dirs_exist_ok=True)
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        # Waited for and not looked at now and then: the pauses between looks would be measured too.
        timer = threading.Timer(limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        timer.cancel()
        if wall > limit:
            return None
        if status != 0:
            raise SystemExit(f"{' '.join(command)} failed with status {os.waitstatus_to_exitcode(status)}")
        # A process counts the memory of the one that it was forked from, which is this one, and larger than some.
        ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peak = usage.ru_maxrss / 1024 if usage.ru_maxrss > 2 * ours else again(command, before, environment)
    return wall, usage.ru_utime + usage.ru_stime, peak


def again(command, folder, environment):
    """Peak MB of the same step, run by time(1), which is small."""
    with tempfile.NamedTemporaryFile("r") as told:
        timed = ["/usr/bin/time", "-f", "%M", "-o", told.name, *command]
        subprocess.run(timed, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
        return int(told.read()) / 1024


def lay_out(files, folder):
    for name, text in files.items():
        place = Path(folder, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def show(shape, step, tool, found):
    if found is None:
        print(f"{shape:8} {step:10} {tool:10} not finished")
    else:
        print(f"{shape:8} {step:10} {tool:10} {found[0]:8.3f} s wall {found[1]:8.3f} s CPU {found[2]:7.0f} MB")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--terrace", default=str(ROOT / "target/release/terrace"))
    arguments.add_argument("--size", type=int, default=1000)
    arguments.add_argument("--shapes", default="count,chain,modules,file")
    arguments.add_argument("--limit", type=float, default=300)
    arguments.add_argument("--rounds", type=int, default=3, help="of terrace's plans; terraform has one")
    arguments.add_argument("--alone", action="store_true")
    arguments = arguments.parse_args()
    tools = {"terrace": os.path.abspath(arguments.terrace)}
    terraform = shutil.which("terraform")
    if terraform and not arguments.alone:
        tools["terraform"] = terraform
    for shape in arguments.shapes.split(","):
        found = {}
        for tool, path in tools.items():
            with tempfile.TemporaryDirectory() as folder:
                lay_out(SHAPES[shape](arguments.size), folder)
                subprocess.run([path, "init"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
                for step, command in STEPS:
                    rounds = arguments.rounds if tool == "terrace" and command == ["plan"] else 1
                    measures = [measure([path, *command], folder, arguments.limit) for _ in range(rounds)]
                    found[step, tool] = None if None in measures else tuple(min(column) for column in zip(*measures))
                    if found[step, tool] is None:
                        break
        for step, _ in STEPS:
            for tool in tools:
                show(shape, step, tool, found.get((step, tool)))
            ours, theirs = found.get((step, "terrace")), found.get((step, "terraform"))
            if ours and theirs:
                times = [their / max(our, 1e-9) for our, their in zip(ours, theirs)]
                print(f"{'':8} {'':10} {'ratio':10} {times[0]:8.0f} x      {times[1]:8.0f} x     {times[2]:7.1f} x")


if __name__ == "__main__":
    main()
