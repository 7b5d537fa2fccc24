"""The sites that newsbot can crawl, by name. To add one, write newsbot/sites/<name>/."""

from newsbot.errors import BadSetting
from newsbot.site import Site
from newsbot.sites.nzcity import SITE as NZCITY

DEFAULT = NZCITY
"""The site of commands that name none."""

SITES: dict[str, Site] = {site.name: site for site in (NZCITY,)}

ZONES = {site.name: site.zone for site in SITES.values()}
"""The time zone of each site, by its name."""


def site_named(name: str) -> Site:
    """Return the site of that name.

    Raises:
        BadSetting: there is none.
    """
    if name not in SITES:
        raise BadSetting(f"There is no site {name!r}; newsbot knows {', '.join(SITES)}.")
    return SITES[name]
