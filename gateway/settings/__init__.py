"""config/*.toml and the environment, read into nouns. Unknown keys are refused; secrets are references, never values."""

from gateway.settings.load import Settings, load
from gateway.settings.place import CONFIG_SHIPPED, SAMPLES_SHIPPED

__all__ = ["CONFIG_SHIPPED", "SAMPLES_SHIPPED", "Settings", "load"]
