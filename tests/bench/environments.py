#!/usr/bin/env python3
"""Times one `terrace plan --all` over many environments, with and without something in their states.

    cargo build --release && tests/bench/environments.py [--terrace PATH] [--environments N] [--instances N]
                                                         [--shapes count,modules] [--rounds N] [--check]

Every environment has its own values and its own state; only terraform_data is used, so that no provider and no network
is involved. --check fails where 5,000 instances take more than a second of CPU.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from engine import ROOT, lay_out, measure  # noqa: E402

# What 5,000 instances may take at most.
LIMIT = 1.0

VARIABLES = (
    'variable "environment" {\n  type = string\n}\n\nvariable "instances" {\n  type = number\n}\n\n'
    'variable "domain" {\n  type = string\n}\n\n'
)


def count():
    return {
        "main.tf": VARIABLES
        + 'resource "terraform_data" "fleet" {\n  count = var.instances\n'
        + '  input = "${var.environment}-${count.index}.${var.domain}"\n}\n'
    }


def modules():
    """Ten instances in each part, which is called for each of as many as there must be."""
    part = (
        'variable "name" {\n  type = string\n}\n\nvariable "domain" {\n  type = string\n}\n\n'
        'resource "terraform_data" "base" {\n  input = "${var.name}.${var.domain}"\n}\n\n'
        'resource "terraform_data" "item" {\n  for_each = toset([for n in range(9) : "item${n}"])\n'
        '  input    = { key = each.key, base = terraform_data.base.output, domain = var.domain }\n}\n\n'
        'output "ids" {\n  value = { for key, item in terraform_data.item : key => item.id }\n}\n'
    )
    calls = (
        'module "part" {\n  source   = "./part"\n  for_each = toset([for n in range(var.instances / 10) : "part${n}"])\n'
        '  name     = each.key\n  domain   = var.domain\n}\n'
    )
    return {"main.tf": VARIABLES + calls, "part/main.tf": part}


SHAPES = {"count": count, "modules": modules}


def terrace_file(environments, instances):
    blocks = [
        f'environment "e{n}" {{\n  values = {{\n    instances = {instances}\n    domain    = "e{n}.example.com"\n  }}\n}}\n'
        for n in range(environments)
    ]
    return 'project "bench" {\n}\n\n' + "\n".join(blocks)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--terrace", default=str(ROOT / "target/release/terrace"))
    arguments.add_argument("--environments", type=int, default=50)
    arguments.add_argument("--instances", type=int, default=200)
    arguments.add_argument("--shapes", default="count,modules")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--check", action="store_true")
    arguments = arguments.parse_args()
    terrace = os.path.abspath(arguments.terrace)
    total = arguments.environments * arguments.instances
    worst = 0
    for shape in arguments.shapes.split(","):
        with tempfile.TemporaryDirectory() as folder:
            lay_out(SHAPES[shape](), folder)
            lay_out({"terrace.hcl": terrace_file(arguments.environments, arguments.instances)}, folder)
            subprocess.run([terrace, "init"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
            for step in ["plan", "no change"]:
                command = [terrace, "plan", "--all"]
                measures = [measure(command, folder, 300) for _ in range(arguments.rounds)]
                if None in measures:
                    raise SystemExit(f"{shape} {step} not finished")
                wall, cpu, memory = (min(column) for column in zip(*measures))
                each = cpu * 5000 / total
                worst = max(worst, each)
                print(
                    f"{shape:8} {step:10} {total:6} instances {wall:7.3f} s wall {cpu:7.3f} s CPU {memory:6.0f} MB "
                    f"{each:7.3f} s CPU for 5,000"
                )
                for n in range(arguments.environments if step == "plan" else 0):
                    apply = [terrace, "apply", "-e", f"e{n}", "-auto-approve"]
                    subprocess.run(apply, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    if arguments.check and worst > LIMIT:
        raise SystemExit(f"{worst:.3f} s CPU for 5,000 instances are more than {LIMIT} s")


if __name__ == "__main__":
    main()
