"""The clinic's home and the partners' world of the month: five partners, ten payers, made out of the samples."""

import shutil
from pathlib import Path
from typing import Any, Final, NamedTuple

import tomlkit

from gateway.service.setup.establish import write_configuration
from gateway.settings import SAMPLES_SHIPPED
from gateway.simulator.keys import make_key_pair


class Insurer(NamedTuple):
    """A payer of the month. `like` is the sample payer whose terms it has."""

    id: str
    name: str
    like: str
    partner: str
    tax_id: str


PARTNERS: Final = ("northgate", "southport", "eastlake", "westway", "midland")
INSURERS: Final = (
    Insurer("MCRB1", "Medicare Part B (invented)", "MCRB1", "northgate", "990000001"),
    Insurer("MCRB2", "Medicare Part B South (invented)", "MCRB1", "eastlake", "990000012"),
    Insurer("MDCD1", "Prairie State Medicaid", "MDCD1", "southport", "990000013"),
    Insurer("MDCD2", "River State Medicaid", "MDCD1", "midland", "990000014"),
    Insurer("HLTH1", "Harbor Health Plan", "HLTH1", "northgate", "990000015"),
    Insurer("HLTH2", "Haven Health Plan", "HLTH1", "westway", "990000016"),
    Insurer("BLUE7", "Bluestem Mutual", "BLUE7", "southport", "990000017"),
    Insurer("BLUE8", "Bluegrass Mutual", "BLUE7", "eastlake", "990000018"),
    Insurer("WCMP1", "Ironbridge Compensation", "WCMP1", "midland", "990000019"),
    Insurer("WCMP2", "Steelgate Compensation", "WCMP1", "westway", "990000020"),
)
_SECONDS: Final = 3
"""How long the clinic waits for a partner, so that a stalled one costs no half minute."""


def make_home(home: Path, *, port: int) -> None:
    """Write the clinic's configuration and keys; `port` is where all partners are on 127.0.0.1."""
    write_configuration(home)
    pattern = (home / "partners" / "northgate.toml").read_text(encoding="utf-8")
    samples = {path.stem: path.read_text(encoding="utf-8") for path in (home / "payers").glob("*.toml")}
    for folder in ("partners", "payers"):
        shutil.rmtree(home / folder)
        (home / folder).mkdir(mode=0o700)
    for name in PARTNERS:
        text = pattern.replace("northgate", name).replace("NORTHGATE", name.upper())
        document = tomlkit.parse(text.replace("Northgate", name.capitalize()))
        document["mailbox"]["port"] = port
        document["mailbox"]["timeout_seconds"] = _SECONDS
        (home / "partners" / f"{name}.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
        make_key_pair(home / "keys" / name)
    for one in INSURERS:
        document = tomlkit.parse(samples[one.like.lower()])
        document.update({"id": one.id, "name": one.name, "partner": one.partner})
        (home / "payers" / f"{one.id.lower()}.toml").write_text(tomlkit.dumps(document), encoding="utf-8")


def pin(home: Path, fingerprint: str) -> None:
    """Pin the host key that the partners show."""
    for path in (home / "partners").glob("*.toml"):
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        document["mailbox"]["host_keys"] = [fingerprint]
        path.write_text(tomlkit.dumps(document), encoding="utf-8")


def make_world(world: Path, *, members: list[dict[str, Any]]) -> None:
    """Write plans.toml, members.toml and providers.toml for the simulator."""
    world.mkdir(mode=0o700, parents=True)
    samples = SAMPLES_SHIPPED / "simulator"
    document = tomlkit.parse((samples / "plans.toml").read_text(encoding="utf-8")).unwrap()
    like = {plan["payer"]: plan for plan in document["plan"]}
    document["plan"] = [
        like[one.like]
        | {"payer": one.id, "name": one.name.upper(), "partner": one.partner, "tax_id": one.tax_id}
        | {"deductible": "12.50"}  # everybody is new here: the samples' would take all that is to be paid
        for one in INSURERS
    ]
    (world / "plans.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
    (world / "members.toml").write_text(tomlkit.dumps({"member": members}), encoding="utf-8")
    shutil.copyfile(samples / "providers.toml", world / "providers.toml")
