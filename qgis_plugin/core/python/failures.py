"""From what an installation or an import printed to one sentence and what to do: a table, read from the top."""

from __future__ import annotations

import re
from typing import NamedTuple

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP, QCoreApplication


class Failure(NamedTuple):
    """What went wrong, in one sentence, and what to do about it, in another."""

    sentence: str
    action: str


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    sentence: str
    action: str


def _rule(pattern: str, sentence: str, action: str) -> _Rule:
    return _Rule(re.compile(pattern, re.IGNORECASE), sentence, action)


# The order matters: what is certain comes before what it brings along. A full disk is often reported together with an
# unfinished download, a proxy or certificate together with "no matching distribution".
_RULES = (
    _rule(
        r"no space left on device|errno 28\b|winerror 112\b|not enough space on the disk"
        r"|disk quota exceeded|errno 122\b",
        QT_TRANSLATE_NOOP("Failures", "The disk is full."),
        QT_TRANSLATE_NOOP("Failures", "Make room, or choose a folder on another disk, and try again."),
    ),
    _rule(
        r"\b407\b.{0,40}proxy|proxy authentication required|tunnel connection failed: 407",
        QT_TRANSLATE_NOOP("Failures", "The proxy asks for a user name and a password."),
        QT_TRANSLATE_NOOP(
            "Failures",
            "Set HTTPS_PROXY to http://user:password@proxy:port "  # pragma: allowlist secret
            "before QGIS starts, or install from "
            "a folder of wheels.",
        ),
    ),
    _rule(
        r"cannot connect to proxy|proxyerror|tunnel connection failed|unable to connect to proxy",
        QT_TRANSLATE_NOOP("Failures", "The proxy cannot be reached or refuses the connection."),
        QT_TRANSLATE_NOOP("Failures", "Check HTTPS_PROXY and NO_PROXY, or install from a folder of wheels."),
    ),
    _rule(
        r"certificate.verify.failed|sslcertverificationerror|self.signed certificate|unable to get local issuer"
        r"|invalid peer certificate|unknownissuer|could not find a suitable tls ca",
        QT_TRANSLATE_NOOP("Failures", "The certificate of the package index is not trusted on this computer."),
        QT_TRANSLATE_NOOP(
            "Failures",
            "Ask your administrator for the organisation's certificate and set SSL_CERT_FILE and PIP_CERT to it before "
            "QGIS starts, or install from a folder of wheels.",
        ),
    ),
    _rule(
        r"do not match the hashes|hashes are required|hash mismatch|expected sha256",
        QT_TRANSLATE_NOOP("Failures", "A downloaded package is not what it should be: its hash differs."),
        QT_TRANSLATE_NOOP(
            "Failures", "Try again; if it stays so, the index or a proxy changes files: use another one."
        ),
    ),
    _rule(
        r"applocker|blocked by (your administrator|group policy)|group policy|winerror 1260\b"
        r"|application control policy|winerror 4551\b",
        QT_TRANSLATE_NOOP("Failures", "A policy of this computer does not allow programs to run from that folder."),
        QT_TRANSLATE_NOOP(
            "Failures", "Choose a folder from which programs may run, or ask your administrator to allow it."
        ),
    ),
    _rule(
        r"winerror 225\b|winerror 226\b|contains a virus"
        r"|potentially unwanted software|operation did not complete success",
        QT_TRANSLATE_NOOP("Failures", "The antivirus program stopped the installation."),
        QT_TRANSLATE_NOOP("Failures", "Exclude the environment's folder from its scan, and try again."),
    ),
    _rule(
        r"ensurepip is not available|no module named ['\"]?(venv|ensurepip)|install the python3[\w.]*-venv",
        QT_TRANSLATE_NOOP(
            "Failures", "The Python found on this computer cannot make environments: it lacks the module venv."
        ),
        QT_TRANSLATE_NOOP(
            "Failures",
            "On Debian and Ubuntu run “sudo apt install python3-venv”; elsewhere install Python from python.org.",
        ),
    ),
    _rule(
        r"no module named ['\"]?pip\b",
        QT_TRANSLATE_NOOP("Failures", "The environment has no pip."),
        QT_TRANSLATE_NOOP("Failures", "Remove the environment and create it again."),
    ),
    _rule(
        r"glibc(xx)?_[\d.]+['`’\"]? not found|requires glibc|glibc.{0,20}too old"
        r"|manylinux_2_\d+.{0,60}not (compatible|supported)",
        QT_TRANSLATE_NOOP("Failures", "The system's C library is too old for the packages."),
        QT_TRANSLATE_NOOP(
            "Failures", "A newer system is needed (glibc 2.28 or newer, such as Ubuntu 20.04 or Debian 11)."
        ),
    ),
    _rule(
        r"winerror 1114\b|dynamic link library \(dll\) initiali[sz]ation routine failed",
        QT_TRANSLATE_NOOP("Failures", "A library of Windows could not start (WinError 1114)."),
        QT_TRANSLATE_NOOP(
            "Failures",
            "Install the newest Microsoft Visual C++ Redistributable (x64), restart the computer and try again.",
        ),
    ),
    _rule(
        r"dll load failed|winerror 126\b|winerror 127\b|winerror 193\b|vcruntime140|msvcp140",
        QT_TRANSLATE_NOOP("Failures", "A library that Windows needs for it is missing."),
        QT_TRANSLATE_NOOP("Failures", "Install the Microsoft Visual C++ Redistributable (x64) and try again."),
    ),
    _rule(
        r"memoryerror|cannot allocate memory|errno 12\b|out of memory|oom.kill|signal 9\b|sigkill|^killed\b|\bkilled$",
        QT_TRANSLATE_NOOP("Failures", "The computer's memory ran out."),
        QT_TRANSLATE_NOOP("Failures", "Close other programs and try again."),
    ),
    _rule(
        r"requires a different python|requires-python|not supported by this python|requires python ?[><=~]",
        QT_TRANSLATE_NOOP("Failures", "The Python found is of a version the packages do not support."),
        QT_TRANSLATE_NOOP("Failures", "Install Python 3.11, 3.12 or 3.13 and try again."),
    ),
    _rule(
        r"resolutionimpossible|conflicting dependencies"
        r"|no solution found when resolving|requirements are unsatisfiable",
        QT_TRANSLATE_NOOP("Failures", "The packages ask for versions of each other that do not go together."),
        QT_TRANSLATE_NOOP(
            "Failures", "Create the environment in an empty folder, from an index that has all versions."
        ),
    ),
    _rule(
        r"read timed out|readtimeouterror|connecttimeouterror|connection.{0,20}timed out"
        r"|operation timed out|timeouterror"
        r"|etimedout|winerror 10060\b",
        QT_TRANSLATE_NOOP("Failures", "The connection was too slow: the package index did not answer in time."),
        QT_TRANSLATE_NOOP("Failures", "Try again later, or install from a folder of wheels."),
    ),
    _rule(
        r"name or service not known|temporary failure in name resolution|getaddrinfo failed|nodename nor servname"
        r"|failed to resolve|dns error|network is unreachable|no route to host|connection refused|newconnectionerror"
        r"|connection (was )?reset|connection aborted|failed to establish a new connection|winerror 1006[15]\b"
        r"|error sending request|could not connect",
        QT_TRANSLATE_NOOP("Failures", "The package index cannot be reached."),
        QT_TRANSLATE_NOOP(
            "Failures", "Check the network connection and the address of the index, or install from a folder of wheels."
        ),
    ),
    _rule(
        r"\b(401|403)\b.{0,30}(client error|unauthori[sz]ed|forbidden)|user for .{1,80}: *$|eof when reading a line",
        QT_TRANSLATE_NOOP("Failures", "The package index refuses access."),
        QT_TRANSLATE_NOOP("Failures", "Check the address and the credentials of the index."),
    ),
    _rule(
        r"permission denied|permissionerror|errno 13\b|winerror 5\b|winerror 32\b"
        r"|access is denied|read-only file system",
        QT_TRANSLATE_NOOP("Failures", "A file in the environment's folder cannot be written."),
        QT_TRANSLATE_NOOP(
            "Failures",
            "Close programs that use it, check that you may write there and that no antivirus holds it, or "
            "choose another folder.",
        ),
    ),
    _rule(
        r"no matching distribution found|could not find a version that satisfies|not a supported wheel on this platform"
        r"|no wheels? (with|found)|failed building wheel|subprocess-exited-with-error|microsoft visual c\+\+ 14",
        QT_TRANSLATE_NOOP(
            "Failures", "A package does not exist for this system and Python, or not in the place asked."
        ),
        QT_TRANSLATE_NOOP(
            "Failures",
            "Use a 64-bit Python 3.11, 3.12 or 3.13; a folder of wheels must hold all packages for this system.",
        ),
    ),
)

#: Lines that never say what went wrong.
_NOISE = re.compile(
    r"^\s*$|^\s*(file \"|at |\^+|~+|\[notice\]|warning:|note:|hint:|traceback"
    r"|looking in|collecting|downloading|using cached|installing|during handling|the above exception)",
    re.IGNORECASE,
)


def explain(output: str) -> Failure:
    """What an output of pip, uv, venv or a failed import means.

    The first rule that fits decides; without one, the last line that says something is the sentence."""
    for rule in _RULES:
        if rule.pattern.search(output):
            return Failure(
                QCoreApplication.translate("Failures", rule.sentence),
                QCoreApplication.translate("Failures", rule.action),
            )
    lines = [line.strip() for line in output.splitlines() if not _NOISE.match(line)]
    errors = [line for line in lines if re.match(r"(error|fatal|[\w.]*(error|exception))\b", line, re.IGNORECASE)]
    last = (errors or lines or [""])[-1]
    last = re.sub(r"^(error|fatal):\s*", "", last, flags=re.IGNORECASE)[:300].rstrip(".")
    return Failure(
        (last or QCoreApplication.translate("Failures", "It failed without saying why")) + ".",
        QCoreApplication.translate("Failures", "Try again; if it stays so, copy the diagnostics and report it."),
    )
