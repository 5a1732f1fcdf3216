"""gateway x12: X12 files by themselves; a file for each command."""

import click

from gateway.cli.x12.check import check
from gateway.cli.x12.diff import diff
from gateway.cli.x12.explain import explain
from gateway.cli.x12.fmt import fmt
from gateway.cli.x12.json import from_json, schema, to_json
from gateway.cli.x12.rules import rules
from gateway.cli.x12.show import show
from gateway.cli.x12.split import split


@click.group()
def x12() -> None:
    """X12 files by themselves: no ledger, no configuration."""


for _command in (check, rules, show, explain, fmt, diff, split, to_json, from_json, schema):
    x12.add_command(_command)
