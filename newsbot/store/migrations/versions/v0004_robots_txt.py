"""What robots.txt of each host said."""

import sqlalchemy as sa
from alembic import op

from newsbot.store.base import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "robots_txt",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("fetched_at", Instant()),
        sa.Column("failed_since", Instant()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_robots_txt")),
    )
