"""The versions that environments hold, as constraints for pip: python .ci/constraints.py ENVIRONMENT… > constraints.txt

What pip, torch and the machine bring along by themselves stays out of it, so that the list serves other machines too.
"""

import re
import subprocess
import sys

#: Fixed by torch, and different where there is no GPU.
OF_TORCH = re.compile(r"(nvidia|cuda|triton)\b")


def frozen(environment: str) -> list[str]:
    command = [f"{environment}/bin/pip", "--disable-pip-version-check", "freeze", "--local", "--exclude-editable"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - pip, of our environment
    return shown.stdout.splitlines()


def main() -> None:
    found: dict[str, str] = {}
    for environment in sys.argv[1:]:
        for line in frozen(environment):
            name, _, version = line.partition("==")
            if version and not OF_TORCH.match(name):
                version = version.partition("+")[0]  # of which torch for which hardware
                if found.setdefault(name, version) != version:
                    sys.exit(f"{name} is {found[name]} in one environment and {version} in {environment}.")
    print("# Written by `make constraints`; `make test` passes with these versions.")
    for name, version in sorted(found.items(), key=lambda item: item[0].lower()):
        print(f"{name}=={version}")


if __name__ == "__main__":
    main()
