"""Whom the site can write to: a part of the user agent."""

import re

from scrapy.settings import BaseSettings

from newsbot.errors import BadSetting

# What a comment of an HTTP header may hold without being quoted.
_ADDRESS = re.compile(r"[!-'*-\[\]-~]+(?: [!-'*-\[\]-~]+)*", re.ASCII)


class Contact:
    """Add-on that puts the setting CONTACT into the user agent."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Name the contact, if there is one.

        Raises:
            BadSetting: it can't be part of a user agent.
        """
        contact = (settings["CONTACT"] or "").strip()
        if not contact:
            return
        if not _ADDRESS.fullmatch(contact):
            raise BadSetting(f"CONTACT is {contact!r}; write an e-mail address or that of a page.")
        agent = settings["USER_AGENT"]
        named = f"{agent[:-1]}; {contact})" if agent.endswith(")") else f"{agent} ({contact})"
        settings.set("USER_AGENT", named, settings.getpriority("USER_AGENT") or 0)
