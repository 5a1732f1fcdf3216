"""Fixtures that several rooms share. Each lives in its own module and is named here."""

from tests.contract.openssh import openssh, ssh_keys, start_openssh
from tests.servers.databases import database_url, empty_ledger, migrated_postgres, migrated_sqlite, postgres_url

__all__ = [
    "database_url",
    "empty_ledger",
    "migrated_postgres",
    "migrated_sqlite",
    "openssh",
    "postgres_url",
    "ssh_keys",
    "start_openssh",
]
