"""Installs packages into the environment whose Python runs it: ENVIRONMENT/bin/python .ci/install.py FILE REQUIREMENT…

In the versions of FILE, constraints for pip. uv does in a minute what takes pip four (torch alone is gigabytes), from
the indexes that pip is set to; what uv cannot do, pip does.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Sequence

#: What pip calls a setting that takes several values, and what uv calls it.
_SEVERAL = {
    "extra-index-url": "--index",
    "find-links": "--find-links",
    "constraint": "--constraint",
    "trusted-host": "--allow-insecure-host",
}
_PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


def settings(listing: str) -> dict[str, str]:
    """The settings that `pip config list` tells, by name: of `install` before those of everything, variables first."""
    found: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):
        for line in listing.splitlines():
            name, separator, value = line.partition("=")
            if separator and name.startswith(section):
                found[name.removeprefix(section)] = str(ast.literal_eval(value))
    return found


def options_of_uv(of_pip: dict[str, str]) -> list[str]:
    """The same indexes, to be searched as pip does: the best version of all."""
    options = ["--index-strategy", "unsafe-best-match"]
    if "index-url" in of_pip:
        options += ["--default-index", of_pip["index-url"]]
    if of_pip.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        options.append("--no-index")
    for name, option in _SEVERAL.items():
        for value in of_pip.get(name, "").split():
            options += [option, value]
    return options


def succeeds(command: Sequence[str], **variables: str) -> bool:
    return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode == 0  # noqa: S603 - pip, uv


def installed_by_uv(constraints: str, arguments: list[str]) -> bool:
    if not succeeds([*_PIP, "install", "--constraint", constraints, "uv>=0.5"]):
        return False
    listing = subprocess.run([*_PIP, "config", "list"], stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603
    of_pip = settings(listing)
    certificates = {"SSL_CERT_FILE": of_pip["cert"]} if "cert" in of_pip else {}
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    return succeeds([*command, *options_of_uv(of_pip), *arguments], **certificates)


def main(constraints: str, *requirements: str) -> bool:
    print(f"installing into {sys.prefix}:", *requirements, flush=True)
    arguments = ["--constraint", constraints, *requirements]
    if installed_by_uv(constraints, arguments):
        return True
    print("uv could not; now with pip.", file=sys.stderr, flush=True)
    return succeeds([*_PIP, "install", *arguments])


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:]))
