"""A search index that other tools recognise, and saved searches."""

import sqlalchemy as sa
from alembic import op

from newsbot.store.base import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # It is made again, and filled, after the last step.
        op.execute("DROP TABLE IF EXISTS articles_fts")
    for table, name in (
        ("articles", "first_seen_at"),
        ("articles", "date_modified"),
        ("listings", "first_seen_at"),
    ):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])
    _index_some("ix_pages_days", "pages", ["day_published"], "date_published IS NOT NULL")
    _index_some("ix_pages_gone", "pages", ["gone_at"], "gone_at IS NOT NULL")
    _index_some("ix_article_versions_edits", "article_versions", ["observed_at"], "version > 1")
    op.create_table(
        "watches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("matched_until", Instant(), nullable=False),
        sa.Column("failure", sa.Text()),
        sa.CheckConstraint(
            "channel IN ('mail', 'webhook', 'exec')", name=op.f("ck_watches_channel")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watches")),
    )
    op.create_table(
        "alerts",
        sa.Column("watch", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("matched_at", Instant(), nullable=False),
        sa.Column("delivered_at", Instant()),
        sa.PrimaryKeyConstraint(
            "watch", "source", "source_id", "text_hash", name=op.f("pk_alerts")
        ),
    )
    _index_some("ix_alerts_waiting", "alerts", ["watch", "matched_at"], "delivered_at IS NULL")


def _index_some(name: str, table: str, columns: list[str], where: str) -> None:
    text = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=text, postgresql_where=text)
