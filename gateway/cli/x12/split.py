"""gateway x12 split"""

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from gateway.cli.face import show
from gateway.cli.face.say import say
from gateway.cli.face.status import Status
from gateway.cli.x12.source import again, no_x12, unusable
from gateway.cli.x12.writing import create, finish, put, sync
from gateway.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.edi.tools.split import Part, Splitting

_COUNT = 100


@click.command(
    short_help="Split a file into valid smaller ones.",
    epilog="Example: gateway x12 split claims.837 --out parts --by claims --count 50",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the parts."
)
@click.option(
    "--by",
    type=click.Choice(["interchange", "set", "claims"]),
    default="interchange",
    help="What each part holds [interchange].",
)
@click.option("--count", type=click.IntRange(min=1), help=f"Claims in a part at most [{_COUNT}]; with --by claims.")
@click.option("--dry-run", is_flag=True, help="Say what the parts would be; write nothing.")
@show.json_option
def split(file: Path, folder: Path, by: str, count: int | None, dry_run: bool, as_json: bool) -> int:
    """Split a file into FILE-0001, FILE-0002 and so on: by interchange, by transaction set, or an 837 by so many claims.

    Each part has its own envelope with the right counts. Control numbers are kept; where two parts would have the same
    one, the later gets the next that is free. Claims keep the levels that they stand in, which are numbered anew.
    Nothing is overwritten, and all parts are written or none. They hold patients' data.
    """
    from gateway.edi.read.whole_file import Contents
    from gateway.edi.tools.split import not_whole

    if count is not None and by != "claims":
        raise click.UsageError("--count goes with --by claims")
    with again(file) as begun:
        if (fault := not_whole(begun())) is not None:
            if next(iter(Contents(begun())), None) is None:
                return no_x12(file)
            return unusable(file, f"{fault}; a file that is not whole is not split; ask for it again")
        splitting = _splitting(begun(), by, count or _COUNT)
        parts = _planned(splitting) if dry_run else _written(splitting, file, folder)
    named = [(folder / _name(file, part.number), part) for part in parts]
    if as_json:
        show.as_object(written=not dry_run, parts=[{"file": str(path), **show.plain(part)} for path, part in named])
        return Status.DONE
    for path, part in named:
        held = [(part.sets, "transaction set"), (part.claims, "claim"), (part.segments, "segment")]
        said = ", ".join(show.counted(number, noun) for number, noun in held if number)
        say(f"{path}: interchange {part.interchange}, {said}")
    if dry_run:
        say("nothing was written: --dry-run")
    return Status.DONE


def _splitting(source: BinaryIO, by: str, count: int) -> "Splitting":
    from gateway.edi.read.whole_file import Contents
    from gateway.edi.tools.split import by_interchange, by_set
    from gateway.edi.tools.split_claims import by_claims

    if by == "claims":
        return by_claims(Contents(source), count)
    ways: dict[str, Callable[[Contents], Splitting]] = {"interchange": by_interchange, "set": by_set}
    return ways[by](Contents(source))


def _planned(splitting: "Splitting") -> "list[Part]":
    return [one for one in splitting if not isinstance(one, str)]


def _written(splitting: "Splitting", file: Path, folder: Path) -> "list[Part]":
    """Write the parts under names of their own, and put them where they belong once all are whole."""
    parts: list[Part] = []
    written: list[Path] = []
    opened: BinaryIO | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in splitting:
            if isinstance(one, str):
                assert opened is not None, "a part begins before its segments"
                opened.write(one.encode("latin-1"))
                continue
            if opened is not None:
                _close(opened)
            parts.append(one)
            path = folder / f".{_name(file, one.number)}.splitting"
            opened = create(path)
            written.append(path)
        if opened is not None:
            _close(opened)
        put([(path, folder / _name(file, part.number)) for path, part in zip(written, parts, strict=True)])
        sync(folder)
    except OSError as refused:
        raise UsageError(f"{folder}: cannot be written to ({refused.strerror}); no part was kept") from None
    finally:
        if opened is not None:
            opened.close()
        for path in written:
            path.unlink(missing_ok=True)
    return parts


def _close(opened: BinaryIO) -> None:
    finish(opened)
    opened.close()


def _name(file: Path, number: int) -> str:
    return f"{file.stem}-{number:04}{file.suffix}"
