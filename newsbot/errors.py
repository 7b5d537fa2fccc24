"""The errors that newsbot raises; the text of each is a sentence with the cause and the remedy."""


class NewsbotError(Exception):
    """Base class of newsbot's own errors."""


class DatabaseUnusable(NewsbotError):
    """The database can't be opened, read or written."""


class ArchiveUnusable(NewsbotError):
    """The WARC archive can't be written or read."""


class CopyFailed(NewsbotError):
    """A copy would overwrite another database, or is not the same as the original."""


class LockHeld(NewsbotError):
    """Another process holds the database's lock."""


class BadSetting(NewsbotError):
    """A setting or an argument has a value that can't be used."""


class Postponed(NewsbotError):
    """A request was not sent in this run, for a reason that says nothing about its page."""


class NotRead(NewsbotError):
    """Reading a page ended several worker processes in a row."""


class NotFetched(NewsbotError):
    """The site did not answer a request that a person made."""


class SchedulerUnusable(NewsbotError):
    """The Dask scheduler can't be reached, or was lost."""


class BadQuery(NewsbotError):
    """A search text can't be read."""


class MissingExtra(NewsbotError):
    """A command needs an optional package that is not installed."""
