"""Where things are: the practice's home folder, and the configuration and samples that travel with the package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = _PACKAGE.parent
# In a checkout the top-level folders are the originals; in a wheel they were copied below the package.
_SHIPPED = _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else _PACKAGE / "shipped"

CONFIG_SHIPPED = _SHIPPED / "config"
SAMPLES_SHIPPED = _SHIPPED / "samples"
