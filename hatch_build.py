"""Compiles the X12 engine's hot modules into the wheel when `GATEWAY_COMPILED=1` asks for it: `./run build --compiled`.

Which modules, `pyproject.toml` says, at this hook. mypyc makes them C extensions as they stand; their sources travel
beside them, so that a Python for which the extensions are not made runs those.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_WANTED = "GATEWAY_COMPILED"
_GROUP = "gateway_edi"
"""Begins the name of the one library that holds the code of all; the others only lead into it."""


class CompiledEngine(BuildHookInterface[BuilderConfig]):
    """Puts extensions beside the sources of a wheel, and tags it for this Python and platform."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Leave everything as it is unless compiled is asked for; an editable install always runs the sources."""
        if os.environ.get(_WANTED) != "1" or version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory(prefix="gateway-compiled-")
        made = compiled(self.config["modules"], Path(self.root), Path(self._folder.name))
        build_data["force_include"].update({str(path): name for name, path in made.items()})
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 as it is called
        """Remove what was made on the way: it is in the wheel."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def compiled(modules: list[str], root: Path, folder: Path) -> dict[str, Path]:
    """Compile modules of the tree at `root`; give each file that was made by its name in the wheel."""
    # Only whoever compiles needs these.
    from mypyc.build import mypycify  # noqa: PLC0415
    from setuptools import Distribution  # noqa: PLC0415
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415

    before = Path.cwd()
    os.chdir(root)  # the names of the modules are made from their paths here
    try:
        options = ["--config-file=", f"--cache-dir={folder / 'types'}", "--ignore-missing-imports"]
        extensions = mypycify(
            [*options, *modules], opt_level="3", debug_level="0", target_dir=str(folder / "c"), group_name=_GROUP
        )
        command = build_ext(Distribution({"name": "gateway", "ext_modules": extensions}))
        command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "objects")
        command.ensure_finalized()
        command.run()
    except SystemExit as refused:  # mypyc has said what it does not like
        sys.exit(f"hatch_build.py: the engine was not compiled ({refused.code})")
    finally:
        os.chdir(before)
    lib = folder / "lib"
    return {path.relative_to(lib).as_posix(): path for path in lib.rglob("*") if path.is_file()}
