"""Creates the virtual environment with any Python >= 3.11, also one without ensurepip (as Debian ships it).

Usage: python3 .ci/bootstrap.py .venv

pip comes out of the wheel beside this script: no network, root or system pip is needed, and all machines get the same.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LEAST = (3, 11)


def works(python: Path) -> bool:
    """Whether an environment is there and its interpreter still is."""
    try:
        answer = subprocess.run(
            [str(python), "-c", "import sys; print(sys.version_info >= (3, 11))"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == "True"


def main(folder: Path) -> None:
    """Make the environment, or make it anew where its interpreter has gone."""
    if sys.version_info < LEAST:
        sys.exit(
            f"Python {LEAST[0]}.{LEAST[1]} or newer is needed, this is {sys.version.split()[0]}. "
            "Name another: make PYTHON=/path/to/python3.12 …"
        )
    try:
        import venv  # noqa: PLC0415 - some builds leave it out, and that deserves a plain word
    except ImportError:
        sys.exit(
            "This Python has no venv module. Install it (Debian: python3-venv), or name another: make PYTHON=…"
        )
    python = folder / "bin" / "python"
    if not works(python):
        venv.create(folder, with_pip=False, clear=folder.exists(), symlinks=True)
    (wheel,) = Path(__file__).parent.glob("pip-*.whl")
    pip = [str(python), str(wheel / "pip")]
    quiet = ["--quiet", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *quiet, "--find-links", str(wheel.parent), "pip"], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
