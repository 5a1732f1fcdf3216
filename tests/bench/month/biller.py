"""The persons of the clinic: they do what the gateway's lists say is next, for a part of what stands there, and leave the rest.

Whether somebody follows an advice is drawn by the seed and by what it is about, so that what is left is left for good. What
they know beside the gateway is what people know: the patient's chart (what mends a gap), the paper or the portal (whose
answer it is), and what the partner says on the phone (whether a file arrived).
"""

import hashlib
import json
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.bench.month.clinic import Clinic, Said
from tests.bench.month.visits import Export
from tests.bench.month.world import INSURERS, PARTNERS

BILLER: Final = "Ana Reyes"
SECOND: Final = "Bo Lund"
_WELL: Final = (0, 1)
_PAGE: Final = "1000"


@dataclass(slots=True)
class Biller:
    """Does the day's work of the persons.

    did      what was typed, by kind, and whether it was done
    refused  advice that was typed as it stood and was refused: kind, and what the gateway said
    told     what came of proposals: whether the one that is meant stood first
    papers   what was typed in from paper: payer, trace, cents
    moved    claims of which somebody has moved what was refused to the patient
    """

    clinic: Clinic
    export: Export
    seed: int
    partners: Path
    did: Counter[str] = field(default_factory=Counter)
    refused: dict[str, list[str]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    papers: list[tuple[str, str, int]] = field(default_factory=list)
    moved: set[str] = field(default_factory=set)
    _done: set[str] = field(default_factory=set)
    meant: dict[tuple[str, str], str] = field(default_factory=dict)
    _mends: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.export.planned:
            self.meant[one.visit["coverages"][0]["member_id"], one.visit["date"]] = one.key
            self._mends[one.key] = one.mends

    def works(self, day: int) -> None:
        """Do a day's work; `day` is counted from 0."""
        self.mailboxes()
        self._inbox()
        self._visits()
        self._rejected()
        self._denials()
        self._desk()
        self._takes_back(day)
        if day % 5 == 4:
            self._aliases()

    def mailboxes(self) -> bool:
        """See to partners that refused us and to files that are held; give whether there was anything."""
        seen = self._lists("partners", "standings", "list")
        shut = [one["partner"] for one in seen if one["state"] != "open"]
        for name in shut:
            self._decides("partner resumed", "partners", "resume", name)
        held = self._lists("deliveries", "files", "list", "state:held")
        for one in held:
            self._held_file(one)
        for text in json.loads(self.clinic.types("reconcile", "--json").out)["reconciled"]["overdue"]:
            # What is overdue: they ask the partner, who says whether it is there.
            name = text.split()[1].rstrip(":")
            (one,) = self._lists("deliveries", "files", "list", f"file:{name}")
            if not self._is_there(one):
                self._resends(one)
        return bool(shut or held)

    def _held_file(self, one: dict[str, Any]) -> None:
        if self._is_there(one):
            self._decides("file held, seen by the partner", "deliveries", "release", one["name"], "--as-sent")
        elif one["held_from"] in {"committing", "presumed"}:
            said = self._decides("held file released", "deliveries", "release", one["name"])
            if said.status not in _WELL:
                self._resends(one)
        else:
            self._decides("held file released", "deliveries", "release", one["name"])

    def _resends(self, one: dict[str, Any]) -> None:
        self._decides("file sent again", "deliveries", "resend", one["name"], "--approved-by", SECOND)

    def _is_there(self, one: dict[str, Any]) -> bool:
        """What the partner says on the phone: whether it has that file whole."""
        for folder in ("inbound", "taken"):
            path = self.partners / one["partner"] / folder
            for file in path.iterdir() if path.exists() else ():
                if (
                    file.suffix != ".part"
                    and file.stat().st_size == one["size"]
                    and _sha(file.read_bytes()) == one["sha256"]
                ):
                    return True
        return False

    def carries_by_hand(self, *, uploads: bool) -> None:
        """Take a file that has not left to the partner's portal; or take it out, and then leave it all to the gateway."""
        sealed = self._lists("deliveries", "files", "list", "state:sealed")
        for one in sealed[:1]:
            path = self.clinic.home.parent / f"by-hand-{one['name']}"
            said = self._decides("file exported", "deliveries", "export", one["name"], "--to", str(path))
            if said.status in _WELL and uploads:
                (self.partners / one["partner"] / "inbound" / one["name"]).write_bytes(path.read_bytes())
                receipt = "--evidence", "receipt 4711"
                self._decides("file uploaded by hand", "deliveries", "uploaded", one["name"], *receipt)
            elif said.status in _WELL:
                self._decides("file not uploaded after all", "deliveries", "not-uploaded", one["name"])

    def check_partners(self) -> None:
        """Prove anew what the partners' servers can do, as one does after a bad day."""
        for name in PARTNERS:
            said = self.clinic.types("partners", "check", name, "--wait", "0.05")
            self.did["partner checked" + ("" if said.status in _WELL else ": not well")] += 1

    def _inbox(self) -> None:
        for one in self._lists("inbox", "files", "list", "state:set_aside"):
            number = str(one["id"])
            if not self._once(f"inbox {number}"):
                continue
            shown = json.loads(self.clinic.types("inbox", "show", number, "--json").out)
            self.told[f"inbox set aside: {one['reason']}, next: {' '.join(shown['next_command'].split()[1:3])}"] += 1
            body_is_html = one["reason"] in {"not_x12", "cut_short", "unreadable"}
            if body_is_html or self._follows(f"inbox {number}", 80):
                self._types_advice("inbox", shown["next_command"])

    def _visits(self) -> None:
        for one in self._lists("visits", "visits", "list", "state:held"):
            key, version = one["visit"]["key"], one["visit"]["version"]
            if not self._once(f"held {key} {version}"):
                continue
            rules = {each["rule"] for each in one["findings"] if each["severity"] == "hold"}
            mends = self._mends.get(key, ()) if version == 1 else ()
            if mends and self._follows(f"held {key}", 80):
                self._fixes("held visit mended", key, dict(mends))
            elif not mends:
                self.told[f"held: {', '.join(sorted(rules))}"] += 1
                if self._follows(f"held {key} {version}", 30):
                    self._decides("held visit not billed", "visits", "fix", key, "--do-not-bill")
        for one in self._lists("visits", "visits", "list", "state:proposed"):
            key = one["visit"]["key"]
            if self._once(f"proposed {key} {one['visit']['version']}") and self._follows(f"proposed {key}", 80):
                declines = ("--decline",) if self._follows(f"declines {key}", 40) else ()
                self._decides("proposed change decided", "visits", "fix", key, *declines)
        for one in self._lists("visits", "visits", "list", "state:withdrawn"):
            key = one["visit"]["key"]
            if self._once(f"withdrawn {key} {one['visit']['version']}") and self._follows(f"withdrawn {key}", 70):
                ends = ("--do-not-bill",) if self._follows(f"ends {key}", 50) else ()
                self._decides("withdrawn visit decided", "visits", "fix", key, *ends)

    def _rejected(self) -> None:
        by_file: dict[str, list[dict[str, Any]]] = {}
        for one in self._lists("claims", "claims", "list", "state:rejected"):
            if not self._once(f"rejected {one['pcn']}"):
                continue
            mends = self._mends.get(one["visit_key"], ())
            if mends and mends[0][0] == "patient.birth_date" and one["version"] == 1:
                if self._follows(f"rejected {one['pcn']}", 80):
                    self._fixes("rejected claim mended", one["visit_key"], dict(mends))
                continue
            shown = json.loads(self.clinic.types("claims", "show", one["pcn"], "--json").out)
            by_file.setdefault(shown["file"], []).append(one)
        for file, claims in by_file.items():
            if len(claims) > 3 and file:
                self._decides("refused file sent again", "claims", "resubmit", "--file", file)
                continue
            for one in claims:
                self.told["rejected, no gap known"] += 1
                if self._follows(f"resubmits {one['pcn']}", 60):
                    self._decides("rejected claim sent again", "claims", "resubmit", one["pcn"])
                elif self._follows(f"closes {one['pcn']}", 50):
                    self._decides("rejected claim closed", "claims", "close", one["pcn"])

    def _denials(self) -> None:
        for pcn in dict.fromkeys(one["pcn"] for one in self._lists("denials", "denials", "list")):
            if not self._once(f"denied {pcn}") or not self._follows(f"denied {pcn}", 60):
                continue
            advice = [
                line.split(maxsplit=1)[1].removeprefix("end it").strip()
                for line in self.clinic.types("denials", "show", pcn).out.splitlines()
                if line.startswith(("  next ", "  to end it"))
            ]
            if not advice:
                self._complains("denial", f"{pcn}: open, and no command is given")
                continue
            self._types_advice("denial", advice[0])

    def _desk(self) -> None:
        for one in self._lists("money", "items", "list"):
            item, kind = str(one["id"]), one["kind"]
            if not one["owner"] or not one["why"]:
                self._complains("desk", f"item {item} lacks owner or why")
            if not self._once(f"item {item}") or not self._follows(f"item {item}", 65):
                continue
            if kind in {"claim not ours", "does not fit"}:
                self._places(one)
            elif kind == "overpayment":
                self._decides(f"{kind}: paid back", "money", "return", item)
            elif kind == "set aside":
                self._set_aside(one)
            elif self._follows(f"provider {item}", 25):
                self._decides(f"{kind}: closed with proof", "money", "close", item)

    def _places(self, one: dict[str, Any]) -> None:
        """Put an answer on the claim that the patient's EOB names, if the gateway proposes it; send back what is nobody's."""
        item = str(one["id"])
        shown = json.loads(self.clinic.types("money", "show", item, "--json").out)
        answer, likely = shown["answer"], [each["pcn"] for each in shown["candidates"]]
        key = self._meant(answer) if answer else None
        if key is None:
            if one["left_cents"] > 0 and self._follows(f"returns {item}", 50):
                self._decides("stranger's money paid back", "money", "return", item)
            else:
                self._decides("stranger's money closed", "money", "close", item)
            return
        ours = {each["pcn"] for each in self._versions(key)}
        place = next((number for number, pcn in enumerate(likely) if pcn in ours), None)
        self.told[f"{one['kind']}: " + ("not proposed" if place is None else f"proposed as number {place + 1}")] += 1
        claim = key if place is None else likely[place]
        said = self.clinic.types("money", "place", item, claim, *_by("the EOB shows patient and day"))
        self.did[f"{one['kind']}: placed" if said.status in _WELL else f"{one['kind']}: could not be placed"] += 1
        if said.status not in _WELL:
            self._complains(f"place {one['kind']}", said.err.strip())

    def _meant(self, answer: dict[str, Any]) -> str | None:
        days = [line["day"] for line in answer["lines"] if line["day"]] + [answer["day"]]
        member = answer["member_id"].removeprefix("R")
        return next((key for day in days if (key := self.meant.get((member, day)))), None)

    def _versions(self, key: str) -> list[dict[str, Any]]:
        versions: list[dict[str, Any]] = json.loads(self.clinic.types("claims", "show", key, "--json").out)["versions"]
        return versions

    def _set_aside(self, one: dict[str, Any]) -> None:
        same = [
            each
            for each in self._lists("remits", "remittances", "list", f"trace:{one['trace']}")
            if each["state"] == "posted"
        ]
        if same:
            self._decides("set aside: closed, a right one came", "money", "close", str(one["id"]))
        else:
            self._done.discard(f"item {one['id']}")  # they wait for the right one

    def _takes_back(self, day: int) -> None:
        """Void, withdraw and unpost a few."""
        for one in self._lists("claims", "claims", "list", "state:paid"):
            if self._once(f"paid {one['pcn']}") and self._follows(f"void {one['pcn']}", 1):
                self._decides("paid claim voided", "claims", "void", one["pcn"])
            elif self._once(f"unpost {one['pcn']}") and self._follows(f"unpost {one['pcn']}", 1):
                self._unposts(one)
        if day % 2:
            for one in self._lists("claims", "claims", "list", "state:ready"):
                if self._once(f"ready {one['pcn']}") and self._follows(f"withdraw {one['pcn']}", 4):
                    self._decides("ready claim withdrawn", "claims", "withdraw", one["pcn"])

    def _unposts(self, one: dict[str, Any]) -> None:
        shown = json.loads(self.clinic.types("claims", "show", one["pcn"], "--json").out)
        remittances = {each["remittance_id"] for each in shown["payments"]}
        for number in sorted(remittances)[:1]:
            self._decides("remittance unposted of a claim", "remits", "unpost", str(number), "--claim", one["pcn"])

    def _aliases(self) -> None:
        for one in INSURERS[::2]:
            if self._once(f"alias {one.id}"):
                self._decides("alias confirmed", "money", "alias", one.id, f"OTHER-{one.id}")

    def types_paper(self, claims: Iterator[dict[str, Any]], most: int) -> None:
        """Type in the paper EOBs of claims that no 835 answers: paid in full, to the cent."""
        for one in claims:
            if most <= 0:
                return
            if one["state"] != "accepted" or one["frequency"] != "1" or not self._once(f"paper {one['pcn']}"):
                continue
            shown = json.loads(self.clinic.types("claims", "show", one["pcn"], "--json").out)
            lines = [each["line"]["charge_cents"] for each in shown["lines"]]
            said = " ".join(f"{place}={_dollars(cents)}" for place, cents in enumerate(lines, 1))
            self._decides(
                "paper EOB typed in",
                *("remits", "enter", "--payer", one["payer"], "--trace", f"PAPER{one['id']}"),
                *("--paid-on", self.clinic.today.isoformat(), "--amount", _dollars(sum(lines))),
                *("--claim", f"{one['pcn']} ICN=P{one['id']:07} {said}"),
            )
            self.papers.append((one["payer"], f"PAPER{one['id']}", sum(lines)))
            most -= 1

    def downloads(self, partner: str, name: str, body: bytes, folder: Path) -> None:
        """Take an 835 from the partner's portal, and import it."""
        path = folder / name
        path.write_bytes(body)
        self._decides("835 imported from a portal", "inbox", "import", str(path), "--partner", partner)

    def _types_advice(self, kind: str, command: str) -> None:
        """Type a command as the gateway printed it, with its capitals filled in."""
        words = shlex.split(command.removeprefix("gateway "))
        if "--by" not in words:
            self.clinic.types(*words)
            self.did[f"{kind}: {' '.join(words[:2])}"] += 1
            return
        words = words[: words.index("--by")]
        claim = words[2] if len(words) > 2 else ""
        filled: list[str] = []
        for word in words:
            if word == "FIELD=VALUE":
                said = f"Addendum of {self.clinic.today}: reviewed, skilled care as documented."
                filled.append(f"note.assessment={said}")
            elif word == "coverages.1.payer_id=PAYER":
                filled.append(f"coverages.1.payer_id={self._other_payer(claim)}")
            elif word == "FILE":
                filled.append(str(self._member_file(claim)))
            else:
                filled.append(word)
        done = self._decides(f"{kind}: {' '.join(words[:2])}", *filled, note=kind)
        if words[:2] == ["denials", "bill-patient"] and done.status in _WELL:
            self.moved.add(claim)

    def _other_payer(self, key: str) -> str:
        first = next(one.visit for one in self.export.planned if one.key == key)["coverages"][0]["payer_id"]
        like = next(one.like for one in INSURERS if one.id == first)
        return next(one.id for one in INSURERS if one.like == like and one.id != first)

    def _member_file(self, key: str) -> Path:
        first = next(one.visit for one in self.export.planned if one.key == key)["coverages"][0]
        path = self.clinic.home.parent / "fields.txt"
        path.write_text(f"coverages.1.member_id=R{first['member_id']}\n", encoding="utf-8")
        return path

    def _fixes(self, what: str, key: str, fields: dict[str, str]) -> None:
        path = self.clinic.home.parent / "fields.txt"
        path.write_text("".join(f"{name}={value}\n" for name, value in fields.items()), encoding="utf-8")
        self._decides(what, "visits", "fix", key, "--set-from", str(path))

    def _decides(self, what: str, *words: str, note: str = "") -> Said:
        said = self.clinic.types(*words, *_by("as the list says"))
        if said.status in _WELL:
            self.did[what] += 1
        else:
            self.did[f"{what}: refused"] += 1
            self._complains(note or what, f"gateway {' '.join(words)}: {said.err.strip()}")
        return said

    def _complains(self, kind: str, said: str) -> None:
        self.refused.setdefault(kind, []).append(f"{self.clinic.today} {said}")

    def _lists(self, noun: str, key: str, *words: str) -> list[dict[str, Any]]:
        """Give all rows of a list, page by page."""
        found: list[dict[str, Any]] = []
        paged = () if noun == "partners" else ("--limit", _PAGE)
        after: tuple[str, ...] = ()
        while True:
            said = self.clinic.types(noun, *words, "--json", *paged, *after)
            assert said.status in _WELL, f"{noun} {words}: {said.err}"
            page = json.loads(said.out)
            found += page[key]
            if not paged or len(page[key]) < int(_PAGE):
                return found
            after = ("--after", str(page["next_after"]))

    def _follows(self, about: str, percent: int) -> bool:
        drawn = hashlib.sha256(f"{self.seed} {about}".encode()).digest()
        return int.from_bytes(drawn[:4], "big") % 100 < percent

    def _once(self, about: str) -> bool:
        if about in self._done:
            return False
        self._done.add(about)
        return True


def _by(reason: str) -> tuple[str, ...]:
    return "--by", BILLER, "--reason", reason


def _sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
