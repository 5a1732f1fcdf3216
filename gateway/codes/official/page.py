"""A saved page of a publisher: what stands in the cells of its tables."""

from html.parser import HTMLParser


def is_page(text: str) -> bool:
    """Tell whether a text holds a table of HTML."""
    return "<td" in text.lower()


def cells_of_page(text: str) -> list[list[str]]:
    """Give the rows of all tables of an HTML page, as the texts of their cells."""
    reader = _Cells()
    reader.feed(text)
    reader.close()
    return [[" ".join(cell.split()) for cell in row] for row in reader.rows]


class _Cells(HTMLParser):
    """The texts of the cells of each row of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 the library's signature
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append("")
            self._inside = True
        elif self._inside:
            self.rows[-1][-1] += " "  # a line broken in a cell parts words

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag not in {"td", "tr"}

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data
