"""The first tables."""

import sqlalchemy as sa
from alembic import op

from newsbot.store.base import Instant

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("article_section", sa.Text(), nullable=False),
        sa.Column("credit_text", sa.Text()),
        sa.Column("copyright_holder", sa.Text(), nullable=False),
        sa.Column("copyright_year", sa.Integer(), nullable=False),
        sa.Column("date_published", Instant()),
        sa.Column("date_published_precision", sa.Text(), nullable=False),
        sa.Column("date_published_evidence", sa.Text()),
        sa.Column("date_modified", Instant()),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("duplicate_of_id", KEY),
        sa.Column("similarity", sa.Float()),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("last_fetched_at", Instant(), nullable=False),
        # Last, because SQLite reads all that is before a column to get at it.
        sa.Column("article_body", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(date_published IS NULL) = (date_published_precision = 'unknown')",
            name=op.f("ck_articles_dated"),
        ),
        sa.CheckConstraint(
            "date_published_precision IN ('minute', 'day', 'estimated', 'unknown')",
            name=op.f("ck_articles_precision"),
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["articles.id"], name=op.f("fk_articles_duplicate_of_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_articles_source_source_id")),
    )
    op.create_index(
        op.f("ix_articles_article_section_date_published"),
        "articles",
        ["article_section", "date_published"],
    )
    op.create_index(op.f("ix_articles_date_published"), "articles", ["date_published"])
    op.create_index(op.f("ix_articles_duplicate_of_id"), "articles", ["duplicate_of_id"])
    op.create_index(op.f("ix_articles_text_hash"), "articles", ["text_hash"])
    op.create_table(
        "boxes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("seen_on_url", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("typical_entries", sa.Float(), nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.Column("last_changed_at", Instant(), nullable=False),
        sa.Column("change_interval", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boxes")),
        sa.UniqueConstraint("source", "list_name", name=op.f("uq_boxes_source_list_name")),
    )
    op.create_table(
        "crawls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("responses", sa.JSON(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("pending_left", sa.Integer()),
        sa.Column("waited_seconds", sa.Float(), nullable=False),
        sa.Column("message", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawls")),
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("retry_at", Instant()),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_table(
        "sent_requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_requests")),
    )
    op.create_index(op.f("ix_sent_requests_host_sent_at"), "sent_requests", ["host", "sent_at"])
    op.create_table(
        "sources",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_id", sa.BigInteger()),
        sa.Column("article_url", sa.Text()),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_sources")),
    )
    op.create_table(
        "pages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text()),
        sa.Column("id_number", sa.BigInteger()),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("article_id", KEY),
        sa.Column("article_section", sa.Text()),
        sa.Column("date_in_head", Instant()),
        sa.Column("date_published", Instant()),
        sa.Column("date_published_precision", sa.Text()),
        sa.Column("date_published_evidence", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("http_status", sa.Integer()),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("stored_at", Instant()),
        sa.Column("last_fetched_at", Instant()),
        sa.Column("next_fetch_at", Instant()),
        sa.Column("warc_file", sa.Text()),
        sa.Column("warc_offset", sa.BigInteger()),
        sa.CheckConstraint(
            "origin IN ('list', 'start', 'gap', 'backfill')", name=op.f("ck_pages_origin")
        ),
        sa.CheckConstraint(
            "status <> 'stored' OR article_id IS NOT NULL", name=op.f("ck_pages_stored")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'stored', 'gone', 'rejected')", name=op.f("ck_pages_status")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_pages_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_pages_source_source_id")),
    )
    op.create_index(op.f("ix_pages_article_id"), "pages", ["article_id"])
    op.create_index(op.f("ix_pages_source_id_number"), "pages", ["source", "id_number"])
    op.create_index(op.f("ix_pages_status_next_fetch_at"), "pages", ["status", "next_fetch_at"])
    for name, columns, where in (
        ("dated", ["source", "id_number"], "date_published IS NOT NULL"),
        ("pending", ["source", "origin", "id_number"], "status = 'pending'"),
        (
            "undated",
            ["source", "id_number"],
            "date_published IS NULL AND article_id IS NOT NULL",
        ),
    ):
        op.create_index(
            f"ix_pages_{name}",
            "pages",
            columns,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "shingles",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_shingles_article_id")
        ),
        sa.PrimaryKeyConstraint("hash", "article_id", name=op.f("pk_shingles")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_shingles_article_id"), "shingles", ["article_id"])
    op.create_table(
        "article_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("article_body", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("last_observed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_versions_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_article_versions_page_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_versions")),
        sa.UniqueConstraint(
            "page_id", "text_hash", name=op.f("uq_article_versions_page_id_text_hash")
        ),
        sa.UniqueConstraint("page_id", "version", name=op.f("uq_article_versions_page_id_version")),
    )
    op.create_index(op.f("ix_article_versions_article_id"), "article_versions", ["article_id"])
    op.create_table(
        "listings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("date_listed", Instant()),
        sa.Column("date_listed_precision", sa.Text(), nullable=False),
        sa.Column("seen_on_url", sa.Text(), nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "date_listed_precision IN ('minute', 'day', 'estimated', 'unknown')",
            name=op.f("ck_listings_precision"),
        ),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_listings_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint(
            "page_id", "list_name", "title", name=op.f("uq_listings_page_id_list_name_title")
        ),
    )
    op.create_index(
        op.f("ix_listings_list_name_date_listed"), "listings", ["list_name", "date_listed"]
    )
