"""The sites that newsbot can crawl, by name. To add one, write newsbot/sites/<name>/."""

from newsbot.site import Site
from newsbot.sites.nzcity import SITE as NZCITY

DEFAULT = NZCITY
"""The site of commands that name none."""

SITES: dict[str, Site] = {site.name: site for site in (NZCITY,)}

ZONES = {site.name: site.zone for site in SITES.values()}
"""The time zone of each site, by its name."""
