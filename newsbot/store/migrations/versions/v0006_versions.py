"""The newest text of an article is stored once: its versions refer to it."""

import sqlalchemy as sa
from alembic import op

from newsbot.store.base import Instant

revision = "0006"
down_revision = "0005"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = ("headline", "description", "article_body")


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("article_id", _KEY, nullable=False),
        sa.Column("page_id", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in _TEXT),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("last_observed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_versions_article_id")
        ),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_versions_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("page_id", "text_hash", name=op.f("uq_versions_page_id_text_hash")),
        sa.UniqueConstraint("page_id", "version", name=op.f("uq_versions_page_id_version")),
    )
    texts = ", ".join(
        f"CASE WHEN articles.text_hash = former.text_hash THEN NULL ELSE former.{name} END"
        for name in _TEXT
    )
    op.execute(
        f"INSERT INTO versions (id, article_id, page_id, version, {', '.join(_TEXT)},"  # noqa: S608
        " text_hash, observed_at, last_observed_at)"
        f" SELECT former.id, article_id, page_id, version, {texts},"
        " former.text_hash, observed_at, last_observed_at"
        " FROM article_versions AS former JOIN articles ON articles.id = former.article_id"
    )
    op.drop_table("article_versions")
    op.create_index(op.f("ix_versions_article_id"), "versions", ["article_id"])
    edits = sa.text("version > 1")
    op.create_index(
        "ix_versions_edits", "versions", ["observed_at"], sqlite_where=edits, postgresql_where=edits
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('versions', 'id'),"
            " coalesce((SELECT max(id) FROM versions), 0) + 1, false)"
        )
