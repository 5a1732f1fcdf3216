"""Fixtures that several rooms share. Each lives in its own module and is named here."""

from tests.contract.openssh import openssh, ssh_keys, start_openssh

__all__ = ["openssh", "ssh_keys", "start_openssh"]
