"""Takes out of texts what is nobody else's business: credentials, the user's name and home folder."""

from __future__ import annotations

import getpass
import re
from pathlib import Path

_IN_URL = re.compile(r"(?<=://)[^/\s@]+@")
_SECRET = re.compile(
    r"((?:^|[?&;\s\"'_-])(?:access_?token|api_?key|token|secret|password|passwd|sig|signature|authorization)"
    r"[\"']?\s*[=:]\s*)(?:(?:basic|bearer)\s+)?[^\s&;\"']+",
    re.IGNORECASE | re.MULTILINE,
)


def without_credentials(text: str) -> str:
    """The text with `user:password@` of addresses, and values of tokens, keys and passwords, replaced by ***."""
    return _SECRET.sub(r"\1***", _IN_URL.sub("***@", text))


def redacted(text: str) -> str:
    """The text without credentials, with ~ for the home folder and "user" for the user's name."""
    text = without_credentials(text)
    for folder in {str(Path.home()), Path.home().as_posix()}:
        if len(folder) > 1:
            text = re.sub(re.escape(folder) + r"(?![\w.-])", "~", text, flags=re.IGNORECASE)
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):  # no such user in a container, no pwd on Windows
        return text
    return re.sub(rf"(?<![\w]){re.escape(name)}(?![\w])", "user", text) if len(name) > 2 else text
