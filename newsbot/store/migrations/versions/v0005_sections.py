"""Sections take the place of boxes: when each list of the site was looked at."""

import sqlalchemy as sa
from alembic import op

from newsbot.store.base import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "sections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("cat", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("looked_at", Instant(), nullable=True),
        sa.Column("fed_at", Instant(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("missing_at", Instant(), nullable=True),
        sa.Column("syndicated", sa.Float(), nullable=True),
        sa.Column("feed_failures", sa.Integer(), nullable=False),
        sa.Column("feed_retry_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
        sa.UniqueConstraint("source", "section", name=op.f("uq_sections_source_section")),
    )
    op.execute(
        "INSERT INTO sections (source, section, first_seen_at, looked_at, feed_failures)"
        " SELECT source, section, min(first_seen_at), max(last_seen_at), 0 FROM boxes"
        " WHERE section IS NOT NULL GROUP BY source, section"
    )
    op.drop_table("boxes")
    op.add_column("sources", sa.Column("start_page_at", Instant()))
    op.add_column("sources", sa.Column("accepted_at", Instant()))
