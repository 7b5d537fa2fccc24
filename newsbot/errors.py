"""The errors a caller may meet: one sentence each, naming the thing and the remedy."""


class NewsbotError(Exception):
    """Anything that newsbot itself raises."""


class DatabaseUnusable(NewsbotError):
    """The database can't be opened, read or written."""


class ArchiveUnusable(NewsbotError):
    """The archive of responses can't be written or read."""


class CopyFailed(NewsbotError):
    """A copy of the archive would overwrite another one, or is not the same as the original."""


class LockHeld(NewsbotError):
    """Another crawl works on the same database."""


class BadSetting(NewsbotError):
    """A setting or an argument has a value that can't be used."""


class Postponed(NewsbotError):
    """A request was not sent in this run, through no fault of its page."""


class NotRead(NewsbotError):
    """Reading a page has ended one process after the other."""


class NotFetched(NewsbotError):
    """The site gave no answer to a request that a person asked for."""


class SchedulerUnusable(NewsbotError):
    """There is no Dask scheduler, or it went away."""


class BadQuery(NewsbotError):
    """A search text has nothing in it to search for."""


class MissingExtra(NewsbotError):
    """What was asked for needs a package that is not installed."""
