"""The ledger: the only room that knows SQLAlchemy. One module of verbs for each noun; a transaction is handed in."""

from sqlalchemy import Connection as Transaction

from gateway.ledger.database import Ledger, open_ledger

__all__ = ["Ledger", "Transaction", "open_ledger"]
