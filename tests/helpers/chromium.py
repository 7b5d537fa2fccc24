"""A real browser without a window, for pages served on this machine."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# Nothing is asked of any other host, and any name but the loopback's is unknown.
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage
--hide-scrollbars --virtual-time-budget=10000""".split()
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


class Chromium:
    """Looks at pages; each look is a browser of its own, with an empty profile in `folder`."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            missing = "no Chromium on this machine: apt-get install chromium"
            if os.environ.get("CI"):
                pytest.fail(missing)
            pytest.skip(missing)
        self._command = [program, *FLAGS, NO_NETWORK, f"--user-data-dir={folder}"]

    def document(self, url: str) -> str:
        """Return the page as HTML after its scripts have run."""
        return self._run("--dump-dom", url).decode()

    def screenshot(self, url: str, path: Path, width: int = 1200, height: int = 900) -> None:
        """Save what a person sees as a PNG."""
        self._run(f"--screenshot={path}", f"--window-size={width},{height}", url)

    def _run(self, *arguments: str) -> bytes:
        return subprocess.run(
            [*self._command, *arguments], check=True, capture_output=True, timeout=120
        ).stdout
