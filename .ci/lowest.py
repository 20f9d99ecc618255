"""The lowest versions that pyproject.toml allows, as constraints for pip: python .ci/lowest.py > FILE

Of what it names itself; whatever that brings along is the newest that goes with it.
"""

import re
import tomllib
from itertools import chain
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def lowest(project: dict) -> dict[str, str]:
    """Name → version, of every requirement written as NAME>=VERSION or NAME[EXTRA]>=VERSION."""
    requirements = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    found = (re.fullmatch(r"([\w.-]+)(?:\[\w+\])?>=([\d.]+)", requirement) for requirement in requirements)
    return {match[1]: match[2] for match in found if match}


if __name__ == "__main__":
    for name, version in lowest(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]).items():
        print(f"{name}=={version}")
