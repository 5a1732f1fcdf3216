"""Fixtures that several rooms share. Each lives in its own module and is named here."""

from tests.contract.openssh import openssh, ssh_keys, start_openssh
from tests.contract.proftpd import proftpd, start_proftpd
from tests.servers.databases import (
    database_url,
    empty_ledger,
    migrated_postgres,
    migrated_sqlite,
    module_ledger,
    postgres_url,
)
from tests.servers.gnupg_keys import pgp_keys

__all__ = [
    "database_url",
    "empty_ledger",
    "migrated_postgres",
    "migrated_sqlite",
    "module_ledger",
    "openssh",
    "pgp_keys",
    "postgres_url",
    "proftpd",
    "ssh_keys",
    "start_openssh",
    "start_proftpd",
]
