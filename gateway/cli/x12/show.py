"""gateway x12 show"""

from pathlib import Path

import click

from gateway.cli.x12.source import file_or_pipe, no_x12, opened, print_lines, read_to_the_end


@click.command(
    short_help="Show a file in words, loop by loop.",
    epilog="Example: gateway x12 show remittance.835 --claim RB00000000000001",
)
@click.argument("file", type=file_or_pipe)
@click.option(
    "--claim",
    "number",
    default="",
    metavar="NUMBER",
    help="Only claims or payments of this patient control number, with the levels that they stand in.",
)
def show(file: Path, number: str) -> int:
    """Show a file in words: every segment with its place, indented by loop, each element with its name and value.

    Codes are left as codes. `?` marks what the guide does not have there. The output holds patients' data.
    """
    from gateway.edi.read.whole_file import Contents
    from gateway.edi.tools.show import readable

    with opened(file) as source:
        contents = Contents(source)
        shown = print_lines(readable(contents, number))
    if not contents.is_x12:
        return no_x12(file)
    if not shown:
        raise click.UsageError(f"{file}: no claim or payment in it has this patient control number")
    return read_to_the_end(file, contents)
