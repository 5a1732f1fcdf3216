"""A partner as those who call it know it: the name they log in with, and what they call its folders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from gateway.errors import ConfigError
from gateway.simulator.mailroom import ARCHIVE, INBOUND, OUTBOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One partner that the simulator plays.

    name     of its folder below the simulator's state
    user     who logs in by SFTP
    folders  ours, inbound, outbound or archive, by the caller's name of each
    """

    name: str
    user: str
    folders: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def simply(cls, name: str) -> "Played":
        """Give one that logs in under its name and calls the folders as we do."""
        return cls(name=name, user=name)

    @classmethod
    def of(cls, name: str, user: str, *, uploads: str, answers: str, archive: str = "", writes: str = "") -> "Played":
        """Give one by where it puts files, finds answers, and moves those that it has read; empty is nowhere.

        writes  where files are while they are written; empty is where they are put

        Raises ConfigError if two of the first three are one folder.
        """
        theirs = {uploads: INBOUND, answers: OUTBOUND} | ({archive: ARCHIVE} if archive else {})
        parts = {_parts(text): ours for text, ours in theirs.items()}
        if len(parts) != len([one for one in (uploads, answers, archive) if one]) or () in parts:
            raise ConfigError(
                f"partner {name}: the simulator plays uploads, answers and archive in three folders of their own; "
                "name three in [mailbox] of the home that you rehearse with"
            )
        if writes:
            parts.setdefault(_parts(writes), INBOUND)
        return cls(name=name, user=user, folders={"/".join(key): ours for key, ours in parts.items()})

    def path(self, root: Path, asked: PurePosixPath) -> Path:
        """Give where a path of the caller's is, below the partner's folder."""
        parts = _parts(str(asked))
        for length in range(len(parts), 0, -1):
            if ours := self.folders.get("/".join(parts[:length])):
                return root.joinpath(ours, *parts[length:])
        return root.joinpath(*parts)


def by_user(played: Iterable[Played]) -> dict[str, Played]:
    """Give them by who logs in. Raises ConfigError if two log in as one."""
    found: dict[str, Played] = {}
    for one in played:
        if one.user in found:
            raise ConfigError(
                f"partners {found[one.user].name} and {one.name} log in with one name, and the simulator tells them apart "
                "by it; give them different [mailbox] users in the home that you rehearse with"
            )
        found[one.user] = one
    return found


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in PurePosixPath(path).parts if part not in ("/", "//", "."))
