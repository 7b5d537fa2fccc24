"""fundus's engine, which needs an older lxml: it runs in a virtual environment of its own.

fundus wants selectors for each site: these are the replica's, for those of its markups whose
paragraphs have tags of their own.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from benchmarks.reader.pages import Sample, padded

REQUIREMENTS = ("fundus==0.5.7", "curl_cffi==0.15.0")
HOME = Path(tempfile.gettempdir()) / "newsbot-benchmark-fundus-0.5.7"
WORKER = Path(__file__).with_name("fundus_worker.py")
SETUP_SECONDS = 600

_BODY = "//span[@id='ctl00_ContentPlaceHolder1_lblBody']"

# Standfirst, sub-headings, paragraphs.
SELECTORS = {
    "tables": ("//span[@id='ctl00_ContentPlaceHolder1_lblIntro']", f"{_BODY}/b", f"{_BODY}/font"),
    "sections": ("//article/p[@class='lead']", "//article/h2", "//article/p[not(@class|small)]"),
    "headings": ("//h1/following-sibling::h2", "//h1/../h3", "//h1/../p[not(@class)]"),
    "definitions": (
        "//h3/following-sibling::p[1]",
        "//h3/following-sibling::h4",
        "//h3/following-sibling::p[position() > 1 and position() < last()]",
    ),
}


class Unavailable(Exception):
    """fundus could not be set up; the text says why."""


def set_up() -> Path:
    """Make the environment, unless it is there; return its Python.

    Raises:
        Unavailable: pip could not install it.
    """
    python = HOME / "bin" / "python"
    ready = HOME / "ready"
    if ready.exists():
        return python
    print(f"Setting up fundus in {HOME} ...", file=sys.stderr)
    venv.create(HOME, clear=True, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS]
    try:
        subprocess.run(install, check=True, capture_output=True, timeout=SETUP_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        raise Unavailable(said[-1] if said else str(error)) from error
    ready.touch()
    return python


def measured(samples: list[Sample], rounds: int) -> tuple[float, list[str | None]]:
    """Return pages per second of CPU, by the best of some rounds, and the body of each page.

    Raises:
        Unavailable: it could not be set up.
    """
    pages = [[SELECTORS[sample.markup], padded(sample.html)] for sample in samples]
    done = subprocess.run(
        [str(set_up()), str(WORKER), str(rounds)],
        input=json.dumps(pages).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    pace, bodies = json.loads(done.stdout)
    return pace, bodies
