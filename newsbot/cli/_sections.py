"""The name of a section as a person types it."""

import click
from sqlalchemy.orm import Session

from newsbot.store.search import sections


def as_stored(session: Session, name: str | None) -> str | None:
    """Return a section's name as it is stored, whatever its capitals; say so if there is none."""
    if name is None:
        return None
    known = {section.casefold(): section for section in sections(session)}
    if name.casefold() not in known:
        names = ", ".join(known.values()) or "none yet"
        click.echo(f"There is no section {name!r} in the archive. Its sections: {names}.", err=True)
    return known.get(name.casefold(), name)
