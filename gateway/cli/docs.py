"""gateway docs"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import click

from gateway.cli.face.say import say
from gateway.cli.face.status import Status
from gateway.shipped_files import SHIPPED


@click.command(epilog="Example: gateway docs biller")
@click.argument("page", required=False)
@click.option("--path", is_flag=True, help="Print where the page is; without a page, the folder of all.")
def docs(page: str | None, path: bool) -> int:
    """Print a page of the documentation; without one, list them. They need no home folder and no network."""
    pages = dict(_pages())
    if page is None and path:
        say(str(SHIPPED / "docs"))
    elif page is None:
        listed = click.HelpFormatter(max_width=80)
        listed.write_dl([(name, _about(file)) for name, file in pages.items()])
        say(*listed.getvalue().splitlines())
    elif page not in pages:
        near = get_close_matches(page, pages, n=1)
        hint = f"did you mean {near[0]}?" if near else "`gateway docs` lists them."
        raise click.UsageError(f"{page} is not a page; {hint}")
    else:
        say(*([str(pages[page])] if path else pages[page].read_text(encoding="utf-8").splitlines()))
    return Status.DONE


def _pages() -> Iterator[tuple[str, Path]]:
    """Give each page by the name that is typed: the README first, where everybody begins."""
    for file in (SHIPPED / "README.md", *sorted((SHIPPED / "docs").glob("*.md"))):
        yield file.stem.lower(), file


def _about(file: Path) -> str:
    """Give the first sentence below a page's title."""
    return file.read_text(encoding="utf-8").split("\n\n")[1].replace("\n", " ")
