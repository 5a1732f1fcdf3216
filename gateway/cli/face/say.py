"""The one door to a terminal: every line that a person reads passes it.

What others wrote stands in our sentences: a payer's name, a trace, the name of a file, what a server answered. It may
hold what a terminal obeys (clear the screen, set the title), line breaks that forge a line of ours, or marks that turn
the direction of writing. A person then reads, and decides by, what is not so. Such characters are shown, not sent.
JSON and X12 for programs do not pass here: JSON escapes by itself, and X12 is carried byte for byte.
"""

import unicodedata
from typing import Final

import click

# Control, format (where the marks of direction are), half of a pair, private use, line and paragraph separators.
_OBEYED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def say(*lines: str, err: bool = False, bold: bool = False) -> None:
    """Print lines for people. A line break inside of one is shown, for no line may come out of another's words."""
    words = "\n".join(map(legible, lines or ("",)))
    click.echo(click.style(words, bold=True) if bold else words, err=err)


def asked_unseen(what: str) -> str:
    """Ask a person for something that nobody may read over their shoulder. Raises click.Abort where nobody can answer."""
    answer: str = click.prompt(legible(what), hide_input=True, err=True)
    return answer


def legible(text: str) -> str:
    r"""Give a text in which what a terminal would obey is written out, such as \x1b. A tab stays."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(mark: str) -> str:
    if mark == "\t" or unicodedata.category(mark) not in _OBEYED:
        return mark
    return mark.encode("ascii", "backslashreplace").decode() if ord(mark) > _ASCII_END else _ascii(mark)


_ASCII_END: Final = 0x7F


def _ascii(mark: str) -> str:
    return {"\n": r"\n", "\r": r"\r"}.get(mark, f"\\x{ord(mark):02x}")
