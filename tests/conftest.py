"""Fixtures that several rooms share. Each lives in its own module and is named here."""

from tests.contract.openssh import openssh, ssh_keys, start_openssh
from tests.servers.gnupg_keys import pgp_keys

__all__ = ["openssh", "pgp_keys", "ssh_keys", "start_openssh"]
