"""Run by Alembic to apply the steps, on the connection and in the transaction it is given."""

from alembic import context

from newsbot.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
