from tests.servers.databases import database_url, empty_ledger, postgres_url

__all__ = ["database_url", "empty_ledger", "postgres_url"]
