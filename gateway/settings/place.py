"""The configuration and the samples that travel with the package."""

from gateway.shipped_files import SHIPPED

CONFIG_SHIPPED = SHIPPED / "config"
SAMPLES_SHIPPED = SHIPPED / "samples"
