"""`newsbot crawl`: fetch what is new, once."""

from collections.abc import Iterable

import click
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from newsbot.cli.options import database_option
from newsbot.commands.crawl import crawl
from newsbot.crawl.log import named
from newsbot.errors import BadSetting
from newsbot.sites import DEFAULT as SITE


@click.command()
@click.option(
    "--start-url",
    metavar="URL",
    help=f"Where to begin: any page with a list, an article too. Default: {SITE.start_url}",
)
@click.option("--ids", metavar="FIRST-LAST", help="Ask for these ids too: 450000-450058, or one.")
@click.option("--sections", metavar="NUMBERS", help="Ask for pages of these sections: 978,1032.")
@click.option("--pages", metavar="FIRST-LAST", help="Which pages of the sections: 1-15.")
@click.option(
    "-s",
    "changed",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a setting for this run, see docs/settings.md; may be given several times.",
)
@database_option
@click.pass_context
def command(
    context: click.Context, /, *, changed: tuple[str, ...], database: str, **arguments: str | None
) -> None:
    r"""Fetch what is new on the site, once; to be run every hour or so.

    The same as `scrapy crawl`, in any folder. What was stored before is not asked for again, and
    what this run leaves is left to the next one. Ctrl-C ends it well. The WARC archive is
    kept where ARCHIVE_DIR says.

    Exit codes: 0 all well; 1 it could not do its work; 3 the pages no longer read as expected;
    75 another crawl is at work.

    \b
    Examples:
      newsbot crawl
      newsbot crawl --ids 449000-449999
      newsbot crawl --database ~/news.db -s RECHECK_AFTER=
    """
    settings = project_settings(changed)
    if context.get_parameter_source("database") is click.core.ParameterSource.COMMANDLINE:
        settings.set("DATABASE_URL", database, priority="cmdline")
    try:
        process = AsyncCrawlerProcess(settings)
    except (ImportError, TypeError, ValueError) as error:
        raise BadSetting(f"A setting can't be used: {named(error)}.") from error
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        process.spider_loader.load(SITE.name)(**given)
    except BadSetting as error:
        raise click.UsageError(str(error)) from error
    context.exit(crawl(process, SITE.name, given))


def project_settings(changed: Iterable[str]) -> Settings:
    """Return the settings of the project after some changes, each as `NAME=VALUE`.

    Raises:
        BadParameter: one of them is no such thing, or its value is not of the setting's form.
    """
    settings = Settings()
    settings.setmodule("newsbot.settings", priority="project")
    for each in changed:
        name, equals, value = each.partition("=")
        if not equals:
            raise click.BadParameter(f"{each!r} has no '='; write NAME=VALUE.", param_hint="-s")
        try:
            settings.set(name, value, priority="cmdline")
        except (TypeError, ValueError) as error:
            raise click.BadParameter(
                f"{each!r} can't be used: {error}.", param_hint="-s"
            ) from error
    return settings
