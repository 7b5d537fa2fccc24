"""The command reference, docs/commands.md, made of what `--help` says.

`python -m tests.command_reference` prints it.
"""

import sys
from collections.abc import Iterator

import click

from newsbot.cli import newsbot

_BEFORE = """# Commands

<!-- Made by `make docs` from what --help says; a change here is overwritten. -->

`newsbot` works on the database that a crawl keeps; `--database` names another one, by a path or a
URL. On a terminal the commands print tables, in a pipe plain text; `--json` is for programs. An
error is one sentence on stderr.

| exit code | meaning |
| --- | --- |
| 0 | done; finding nothing is not an error |
| 1 | the command failed; for `status --max-age`: no recent crawl succeeded |
| 2 | wrong arguments |
| 3 | `crawl`: the pages no longer read as expected; `check`: something differs |
| 75 | a crawl works on the database, which the command would have to change |

## Completion

The shell completes commands, options and their values. For bash, put this into `~/.bashrc`:

```bash
eval "$(_NEWSBOT_COMPLETE=bash_source newsbot)"
```

For zsh, into `~/.zshrc`:

```zsh
eval "$(_NEWSBOT_COMPLETE=zsh_source newsbot)"
```

For fish, into `~/.config/fish/completions/newsbot.fish`:

```fish
_NEWSBOT_COMPLETE=fish_source newsbot | source
```
"""


def reference() -> str:
    """Return the page."""
    with click.Context(
        newsbot, info_name="newsbot", terminal_width=80, **newsbot.context_settings
    ) as context:
        return "".join([_BEFORE, *_helps(newsbot, context)])


def _helps(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        with click.Context(command, info_name=name, parent=context, terminal_width=80) as own:
            yield f"\n## {own.command_path}\n\n```text\n{command.get_help(own)}\n```\n"
            if isinstance(command, click.Group):
                yield from _helps(command, own)


if __name__ == "__main__":
    sys.stdout.write(reference())
