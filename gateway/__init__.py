"""Claims gateway for therapy clinics."""

__version__ = "0.1.0"
