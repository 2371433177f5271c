"""What a newcomer installs: pinned, complete, and without a word about anybody's package mirror."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = dict(
    re.findall(
        r"^([\w.-]+)==([^\s;]+)",
        (ROOT / "constraints.txt").read_text().lower().replace("_", "-"),
        re.MULTILINE,
    )
)
INSTALLED = [ROOT / name for name in ("constraints.txt", "constraints-torch.txt", "package-lock.json")]


def name_of(requirement: str) -> str:
    match = re.match(r"[\w.-]+", requirement)
    assert match
    return match[0].lower().replace("_", "-")


@pytest.mark.parametrize("extra", ["base", "worker", "torch", "ocr", "dev"])
def test_every_dependency_is_pinned(extra: str) -> None:
    wanted = PROJECT["dependencies"] if extra == "base" else PROJECT["optional-dependencies"][extra]
    assert {name_of(each) for each in wanted} - {"torch"} <= PINS.keys()


def test_torch_is_pinned_apart() -> None:
    assert "torch==2.13.0" in (ROOT / "constraints-torch.txt").read_text().splitlines()
    assert not any(name.startswith(("torch", "nvidia-", "triton")) for name in PINS)


def test_base_and_worker_need_no_torch() -> None:
    needs = {
        name_of(each) for each in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["worker"]]
    }
    assert needs.isdisjoint({"torch", "transformers", "onnx", "scikit-learn"})
    assert "onnxruntime" not in {name_of(each) for each in PROJECT["dependencies"]}


@pytest.mark.parametrize("path", INSTALLED, ids=lambda path: path.name)
def test_no_lock_file_names_a_package_mirror(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert not [
        line for line in lines if "://" in line and '"url"' not in line
    ]  # "url": where to fund a package
    assert not [line for line in lines if "resolved" in line]


def test_each_front_end_library_is_pinned_with_its_hash() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(entry["integrity"].startswith("sha512-") for path, entry in locked.items() if path)


def test_the_environment_is_made_without_ensurepip_and_without_network(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "ensurepip.py").write_text("raise ImportError('as on Debian')")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(hidden), "PIP_NO_INDEX": "1"}
    script = ROOT / ".ci" / "bootstrap.py"
    subprocess.run([sys.executable, script, tmp_path / "venv"], env=env, check=True)
    pip = [str(tmp_path / "venv" / "bin" / "pip"), "--version"]
    said = subprocess.run(pip, capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"pip {PINS['pip']} from {tmp_path}")


def test_help_explains_every_target() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    explained = re.findall(r"^  make (\w+)", said, re.MULTILINE)
    assert {"run", "install", "test", "check", "bench", "wheelhouse", "clean"} <= set(explained)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_what_the_checkout_serves(wheel: zipfile.ZipFile) -> None:
    listed = [
        "git",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "moderation",
        "workers",
        "review_ui",
    ]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {name for name in files if (ROOT / name).is_file()} <= set(wheel.namelist())


def test_the_wheel_holds_the_front_end_libraries(wheel: zipfile.ZipFile) -> None:
    vendor = {Path(name).name for name in wheel.namelist() if name.startswith("review_ui/static/vendor/")}
    assert {"echarts.min.js", "htmx.min.js", "tabler.min.css", "tabler.min.js"} <= vendor


def test_the_wheel_holds_the_default_bundle(wheel: zipfile.ZipFile) -> None:
    bundle = ROOT / "models" / "zh-base"
    held = {
        f"moderation/_models/zh-base/{path.relative_to(bundle)}"
        for path in bundle.rglob("*")
        if path.is_file()
    }
    assert held <= set(wheel.namelist())
    assert not [name for name in wheel.namelist() if name.startswith(("tests/", "bench/", ".ci/", "models/"))]


@pytest.mark.install
@pytest.mark.timeout(600)
def test_a_fresh_clone_installs_and_a_second_time_costs_nothing(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL"}
    }
    subprocess.run(["make", "install"], cwd=clone, env=env, check=True)
    again = subprocess.run(
        ["make", "install"], cwd=clone, env=env, check=True, capture_output=True, text=True
    )
    assert "Installing" not in again.stdout
    assert (clone / "review_ui" / "static" / "vendor" / "htmx.min.js").is_file()
    imports = "import moderation.cli, onnxruntime, importlib.util as u; assert not u.find_spec('pytest')"
    subprocess.run([clone / ".venv" / "bin" / "python", "-c", imports], cwd=tmp_path, env=env, check=True)
