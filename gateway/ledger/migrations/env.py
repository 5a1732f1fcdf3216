"""Run the migrations on the connection that was handed in (gateway/ledger/migrate.py)."""

from alembic import context

from gateway.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
