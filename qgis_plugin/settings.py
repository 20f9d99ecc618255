"""What the user has set, under one prefix of QGIS' own settings; every key with its default, in one table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from qgis.core import QgsSettings

PREFIX = "mmearth_few_shot_mapper"


def home() -> Path:
    """Where the plugin keeps its environment, cache and logs: outside the plugin's folder, which upgrades replace."""
    return Path(os.environ.get("MMEARTH_HOME") or Path.home() / ".mmearth")


class Settings:
    """Typed access. Reading and writing go through to QGIS at once, so two instances always agree."""

    def _get(self, key: str, default: Any, kind: type) -> Any:
        return QgsSettings().value(f"{PREFIX}/{key}", default, type=kind)

    def _set(self, key: str, value: Any) -> None:
        QgsSettings().setValue(f"{PREFIX}/{key}", value)

    @property
    def python(self) -> str:
        """The Python the user chose to run the worker; empty: not chosen."""
        return self._get("python", "", str)

    @python.setter
    def python(self, value: str) -> None:
        self._set("python", value)

    @property
    def environment_folder(self) -> Path:
        """Where the plugin's own environment is made."""
        return Path(self._get("environment_folder", str(home() / "environment"), str))

    @environment_folder.setter
    def environment_folder(self, value: str | Path) -> None:
        self._set("environment_folder", str(value))

    @property
    def index_url(self) -> str:
        """The package index to install from; empty: pip's own."""
        return self._get("index_url", "", str)

    @index_url.setter
    def index_url(self, value: str) -> None:
        self._set("index_url", value)

    @property
    def wheels_folder(self) -> str:
        """A folder of wheels to install from without network; empty: none."""
        return self._get("wheels_folder", "", str)

    @wheels_folder.setter
    def wheels_folder(self, value: str) -> None:
        self._set("wheels_folder", value)

    @property
    def cache_folder(self) -> Path:
        """Where embeddings are kept."""
        return Path(self._get("cache_folder", str(home() / "cache"), str))

    @cache_folder.setter
    def cache_folder(self, value: str | Path) -> None:
        self._set("cache_folder", str(value))

    @property
    def cache_limit(self) -> float:
        """Size in GB beyond which the embeddings unused for longest are removed."""
        return self._get("cache_limit", 20.0, float)

    @cache_limit.setter
    def cache_limit(self, value: float) -> None:
        self._set("cache_limit", float(value))

    @property
    def model(self) -> str:
        """The model to embed with: a name or a file; "default" is the one that comes along."""
        return self._get("model", "default", str)

    @model.setter
    def model(self, value: str) -> None:
        self._set("model", value)

    @property
    def tour_shown(self) -> bool:
        """Whether the tour of the first map was shown; it does not come again by itself."""
        return self._get("tour_shown", False, bool)

    @tour_shown.setter
    def tour_shown(self, value: bool) -> None:
        self._set("tour_shown", value)

    @property
    def greeting(self) -> str:
        """What the worker last said of itself, as JSON; empty: it was never there."""
        return self._get("greeting", "", str)

    @greeting.setter
    def greeting(self, value: str) -> None:
        self._set("greeting", value)
