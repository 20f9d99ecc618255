"""The scene of a plan's row as files of this machine: its own, or what a catalogue has, brought here."""

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from mmearth_core.country.plan_file import Row
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.files import atomic_path, put
from mmearth_core.progress import CancelToken

#: Bytes that are brought at once; how often what was cut off is tried again, after so many seconds, twice as many, ….
_PART, _TRIES, _PAUSE = 8 << 20, 4, 1.0


def scene_of(row: Row, folder: Path, cancel: CancelToken) -> str:
    """The path of a row's scene. What a catalogue has is brought into the folder, files that are there already not
    again, and its item is written beside them. Raises `EnvironmentFailure` when it cannot be had."""
    if row.item is None:
        return row.source
    assets = {}
    for key, asset in row.item["assets"].items():
        href = str(asset["href"])
        file = folder / f"{key}{Path(urlparse(href).path).suffix.lower() or '.tif'}"
        if not file.exists():
            _fetch(href, file, cancel)
        assets[key] = {**asset, "href": f"./{file.name}"}
    item = folder / f"{row.id}.json"
    item.write_text(json.dumps({**row.item, "assets": assets}), encoding="utf-8")
    return str(item)


def _fetch(href: str, file: Path, cancel: CancelToken) -> None:
    """Bring a file, by parts; a connection that breaks is taken up where it broke."""
    told = urlparse(href)
    if told.scheme in {"", "file"}:
        _copied(Path(told.path), file)
        return
    import obstore  # noqa: PLC0415 - the extra `cloud`, where there is something to bring
    from obstore.exceptions import BaseError  # noqa: PLC0415
    from obstore.store import from_url  # noqa: PLC0415

    root, name = f"{told.scheme}://{told.netloc}", told.path.lstrip("/")
    options: Mapping[str, Any] = {"client_options": {"allow_http": True}} if told.scheme == "http" else {}
    if told.scheme == "s3" and not os.environ.get("AWS_ACCESS_KEY_ID") and not os.environ.get("AWS_PROFILE"):
        options = {"config": {"skip_signature": True, "region": os.environ.get("AWS_REGION", "us-west-2")}}
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)

    def bring() -> None:
        store = from_url(root, **options)
        size = int(obstore.head(store, name)["size"])
        with part.open("ab") as target:
            while (done := target.tell()) < size:
                cancel.check()
                target.write(obstore.get_range(store, name, start=done, length=min(_PART, size - done)))

    _patiently(href, bring, (BaseError, OSError))
    put(part, file)


def _copied(source: Path, file: Path) -> None:
    if not source.is_file():
        raise MMEarthError(f"{source} does not exist; make the plan again where the scenes are.")
    with atomic_path(file) as staged:
        shutil.copyfile(source, staged)


def _patiently(href: str, action: Callable[[], None], failures: tuple[type[Exception], ...]) -> None:
    for attempt in range(_TRIES):
        try:
            action()
        except FileNotFoundError as error:
            raise MMEarthError(f"{href} is not there; make the plan again.") from error
        except failures as error:
            if attempt == _TRIES - 1:
                reason = " ".join(str(error).split())[:200]
                raise EnvironmentFailure(
                    f"{href} cannot be had ({reason}); check the connection, and run it again."
                ) from error
            time.sleep(_PAUSE * 2**attempt)
        else:
            return
