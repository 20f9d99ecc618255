"""What keeps the environments, the checks and the papers of the project in step with one another."""

import inspect
import re
import runpy
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mmearth_core

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
#: Everything that the package and its extras ask for; the extras name each other as mmearth[…].
REQUIREMENTS = [
    Requirement(text)
    for text in (*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values()))
    if not text.startswith("mmearth[")
]


def pins(text: str) -> dict[str, str]:
    """Name → version, of lines NAME==VERSION; nothing else may stand there, no address and no path."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    return {canonicalize_name(line.partition("==")[0]): line.partition("==")[2] for line in lines}


def test_the_constraints_hold_every_library_that_is_asked_for_in_a_version_that_is_allowed() -> None:
    pinned = pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    for requirement in REQUIREMENTS:
        name = canonicalize_name(requirement.name)
        if name == "setuptools":  # pip lists it for some Pythons only
            continue
        assert name in pinned, f"{name} is missing; make constraints"
        assert requirement.specifier.contains(pinned[name]), f"{name} {pinned[name]} is not {requirement.specifier}"
    assert "mmearth" not in pinned


def test_every_library_has_a_lowest_version_that_can_be_tested() -> None:
    command = [sys.executable, str(ROOT / ".ci" / "lowest.py")]
    lowest = pins(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert {canonicalize_name(requirement.name) for requirement in REQUIREMENTS} == set(lowest)
    for requirement in REQUIREMENTS:
        assert requirement.specifier.contains(lowest[canonicalize_name(requirement.name)])


def test_environments_are_filled_from_the_indexes_that_pip_is_set_to() -> None:
    install = runpy.run_path(str(ROOT / ".ci" / "install.py"))
    of_pip = install["settings"](
        ":env:.find-links='/wheels'\nglobal.find-links='/other'\nglobal.index-url='https://a.example/simple'\n"
        "install.extra-index-url='https://b.example/simple\\nhttps://c.example/simple'\nlist.format='json'\n"
    )
    options = install["options_of_uv"](of_pip)
    pairs = list(zip(options[::2], options[1::2], strict=True))
    assert pairs == [
        ("--index-strategy", "unsafe-best-match"),
        ("--default-index", "https://a.example/simple"),
        ("--index", "https://b.example/simple"),
        ("--index", "https://c.example/simple"),
        ("--find-links", "/wheels"),
    ]


def test_before_a_commit_runs_what_make_lint_runs() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    checks = re.search(r"^lint: (.*)$", makefile, re.MULTILINE)[1].split()
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    entries = [(hook["id"], hook["entry"], hook["pass_filenames"]) for hook in hooks[0]["hooks"]]
    assert entries == [(check, f"make --no-print-directory {check}", False) for check in checks]
    valid = [sys.executable, "-m", "pre_commit", "validate-config", str(ROOT / ".pre-commit-config.yaml")]
    assert subprocess.run(valid, check=False).returncode == 0


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    (paper,) = citation["references"]
    assert paper["authors"][0]["family-names"] == "Nedungadi"
    assert {"type", "title", "authors"} <= set(paper)


def documented(name: str) -> set[str]:
    """The parameters that the docstring of a public function explains under "Args:"."""
    text = inspect.getdoc(getattr(mmearth_core, name)) or ""
    section = re.search(r"^Args:\n((?: .*\n|\n)*)", text + "\n", re.MULTILINE)
    found = dict(re.findall(r"^ {4}(\w+): (\S.*)", section[1], re.MULTILINE)) if section else {}
    # What is as for other functions, these explain.
    elsewhere = re.findall(r"`(\w+)`", found.pop("others", ""))
    taken = set(inspect.signature(getattr(mmearth_core, name)).parameters) if elsewhere else set()
    return set(found) | {each for other in elsewhere for each in documented(other) if each in taken}


@pytest.mark.parametrize("name", [name for name in mmearth_core.__all__ if not name.startswith("__")])
def test_a_public_name_is_documented_with_all_its_parameters(name: str) -> None:
    public = getattr(mmearth_core, name)
    assert inspect.getdoc(public)
    if inspect.isfunction(public):
        assert set(inspect.signature(public).parameters) == documented(name)


def test_the_reference_shows_every_public_name(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / ".ci" / "api.py"))["write"](tmp_path)
    page = (tmp_path / "mmearth_core.html").read_text(encoding="utf-8")
    assert [name for name in mmearth_core.__all__ if f'id="{name}"' not in page] == []


def test_the_guide_to_a_computer_without_network_names_every_package() -> None:
    guide = (ROOT / "docs" / "qgis-troubleshooting.md").read_text(encoding="utf-8")
    listed = re.search(r"--dest wheels ([\w -]+)`", guide)
    assert listed is not None
    assert set(listed[1].split()) == {Requirement(text).name for text in PROJECT["dependencies"]}


def test_the_plugin_writes_decimals_in_one_place():
    """Elsewhere they have the point of English in every language: `core/numbers.py` knows the user's."""
    allowed = ROOT / "qgis_plugin" / "core" / "numbers.py"
    fixed = re.compile(r":[,_]?\.?\d*[f%]\}|%\.\df")
    for path in sorted((ROOT / "qgis_plugin").rglob("*.py")):
        if path != allowed:
            found = [line.strip() for line in path.read_text("utf-8").splitlines() if fixed.search(line)]
            assert not found, f"{path.name}: {found}"
