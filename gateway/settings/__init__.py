"""config/*.toml and the environment, read into nouns. Unknown keys are refused; secrets are references, never values."""

from gateway.settings.checked import load
from gateway.settings.place import CONFIG_SHIPPED, SAMPLES_SHIPPED
from gateway.settings.values import Settings

__all__ = ["CONFIG_SHIPPED", "SAMPLES_SHIPPED", "Settings", "load"]
