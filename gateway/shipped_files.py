"""Where the files are that travel with the package: configuration, samples, pages."""

from pathlib import Path
from typing import Final

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent

SHIPPED: Final = _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else _PACKAGE / "shipped"
"""In a checkout the top-level folders are the originals; in a wheel they were copied below the package."""
