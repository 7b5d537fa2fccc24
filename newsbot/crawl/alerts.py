"""Tells people what their watches have found, after a crawl: by mail, webhook or command."""

import asyncio
import json
import logging
import shlex
import smtplib
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from newsbot.crawl.crawl_run import CrawlRun
from newsbot.store.watches import Message, match, note_delivered, note_failed

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT = 20
"""Seconds for a mail server or a webhook to answer; a command has three times as long."""

_IN_MAIL = 100


async def send_alerts(crawl: CrawlRun, settings: Mapping[str, Any]) -> None:
    """Match every watch, then deliver each message that waits.

    A message that can't be delivered stays for the next crawl, and so do the later ones of its
    watch. One that was delivered but not noted, because the machine stopped in between, is sent
    again: with the same id.

    Args:
        crawl: the run that has ended.
        settings: has SMTP_HOST and the other settings for mail.

    Raises:
        DatabaseUnusable: a transaction was lost.
    """
    down: set[str] = set()
    for message in await _write(crawl, match, now=crawl.now()):
        name = message.watch.name
        if name in down:
            continue
        try:
            await asyncio.to_thread(deliver, message, settings)
        except (OSError, ValueError, smtplib.SMTPException, subprocess.SubprocessError) as error:
            why = _why(error)
            down.add(name)
            log.warning("The watch %s could not be told: %s", name, why)
            await _write(crawl, note_failed, message=message, why=why)
        else:
            await _write(crawl, note_delivered, message=message, now=crawl.now())


async def _write(crawl: CrawlRun, work: Callable[..., T], **arguments: Any) -> T:
    def in_session(connection: Connection) -> T:
        with Session(connection, expire_on_commit=False) as session:
            result = work(session, **arguments)
            session.flush()
            return result

    return await crawl.write(in_session)


def deliver(message: Message, settings: Mapping[str, Any]) -> None:
    """Deliver a message by its watch's channel.

    Raises:
        OSError, ValueError, SMTPException, SubprocessError: it can't be delivered.
    """
    if message.watch.channel == "mail":
        _mail(message, settings)
    elif message.watch.channel == "webhook":
        _post(message)
    else:
        _execute(message)


def as_json(message: Message) -> dict[str, Any]:
    """Return what a webhook or a command gets."""
    return {
        "id": message.id,
        "watch": message.watch.name,
        "matchedAt": message.matched_at.isoformat(),
        "stories": [
            {
                "identifier": story.source_id,
                "url": story.url,
                "headline": story.headline,
                "description": story.description,
                "articleSection": story.article_section,
                "dayPublished": story.day_published,
                "isEdited": story.date_modified is not None,
            }
            for story in message.stories
        ],
    }


def as_mail(message: Message, sender: str) -> EmailMessage:
    """Return a message as a mail to its watch's address."""
    watch, stories = message.watch, message.stories
    about = stories[0].headline if len(stories) == 1 else f"{len(stories)} stories"
    mail = EmailMessage()
    mail["Subject"] = " ".join(f"{watch.name}: {about}".split())
    mail["From"] = sender
    mail["To"] = watch.target
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{message.id}@newsbot>"
    paragraphs = []
    for story in stories[:_IN_MAIL]:
        edited = "edited" if story.date_modified else None
        facts = filter(None, [story.article_section, story.day_published, edited])
        # Many stories have their headline for a description.
        standfirst = [story.description] if story.description != story.headline else []
        paragraphs.append("\n".join([story.headline, " · ".join(facts), *standfirst, story.url]))
    if len(stories) > _IN_MAIL:
        paragraphs.append(f"And {len(stories) - _IN_MAIL} more.")
    sections = f" in {', '.join(watch.sections)}" if watch.sections else ""
    paragraphs.append(f"-- \nnewsbot watch {watch.name}: {watch.words or 'all stories'}{sections}")
    mail.set_content("\n\n".join(paragraphs) + "\n")
    return mail


def _mail(message: Message, settings: Mapping[str, Any]) -> None:
    security = settings["SMTP_SECURITY"]
    if security not in {"", "starttls", "tls"}:
        raise ValueError(f"SMTP_SECURITY is {security!r}; set it to starttls, tls or nothing")
    user, password = settings["SMTP_USER"], settings["SMTP_PASSWORD"]
    if not f"{user}{password}".isascii():
        raise ValueError("SMTP_USER and SMTP_PASSWORD may have ASCII characters only")
    place = (settings["SMTP_HOST"], int(settings["SMTP_PORT"]))
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(*place, timeout=TIMEOUT, context=context)
        if security == "tls"
        else smtplib.SMTP(*place, timeout=TIMEOUT)
    )
    with closing(server):
        if security == "starttls":
            server.starttls(context=context)
        if user:
            server.login(user, password)
        sender = settings["SMTP_FROM"] or f"newsbot@{socket.getfqdn()}"
        server.send_message(as_mail(message, sender))
        # The mail has been accepted, whatever the server answers now.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _post(message: Message) -> None:
    if not message.watch.target.startswith(("http://", "https://")):
        raise ValueError(f"{message.watch.target} is no address of the web")
    request = urllib.request.Request(  # noqa: S310 - seen above
        message.watch.target,
        data=json.dumps(as_json(message), ensure_ascii=False).encode(),
        headers={
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
            "User-Agent": "newsbot",
        },
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310
        pass


def _execute(message: Message) -> None:
    # The command is what the user of this database has saved, as in a crontab; no shell reads it.
    subprocess.run(  # noqa: S603
        shlex.split(message.watch.target),
        input=json.dumps(as_json(message), ensure_ascii=False).encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=3 * TIMEOUT,
        check=True,
    )


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    if isinstance(error, subprocess.CalledProcessError):
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"exit code {error.returncode}" + (f", {said[-1]}" if said else "")
    if isinstance(error, subprocess.TimeoutExpired):
        return f"the command took longer than {error.timeout:.0f} seconds"
    return " ".join(str(error).split()) or type(error).__name__
