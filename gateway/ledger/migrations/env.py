"""Run a revision on the connection that was handed in, in a transaction of its own (gateway/ledger/upgrading.py)."""

from alembic import context

from gateway.ledger.tables import metadata
from gateway.ledger.upgrading import whole

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction(), whole(connection):
    context.run_migrations()
