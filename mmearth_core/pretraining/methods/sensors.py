"""What measures a patch apart from others: each pixel modality, and each orbit of the radar for itself. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mmearth_core.modalities import MODALITIES, SENTINEL1_STORED, Modality


@dataclass(frozen=True)
class Sensor:
    """What has one token a patch: the outputs of `source` from `begin` on, as a `modality` of their own."""

    modality: Modality
    source: str
    begin: int = 0

    @property
    def name(self) -> str:
        return self.modality.name

    @property
    def outputs(self) -> slice:
        """Which outputs of `source` are its own."""
        return slice(self.begin, self.begin + self.modality.outputs)

    def of(self, batch: Mapping[str, Any]) -> Any:
        """What it measured: (N, outputs, H, W) z-scores with NaN, or (N, H, W) classes."""
        values = batch[self.source]
        if self.modality.kind == "classes":
            return values
        return values[:, self.outputs]


def _orbit(name: str) -> Sensor:
    """One orbit of the radar."""
    channels = [at for at, stored in enumerate(SENTINEL1_STORED) if stored.startswith(name)]
    orbit = replace(MODALITIES["sentinel1"], name=f"s1_{name}", outputs=len(channels), stored=len(channels))
    return Sensor(orbit, "sentinel1", channels[0])


#: The sensors by name: every pixel modality, and the radar's orbits each for itself.
SENSORS: Mapping[str, Sensor] = {
    sensor.name: sensor
    for sensor in (
        Sensor(MODALITIES["sentinel2"], "sentinel2"),
        _orbit("asc"),
        _orbit("desc"),
        *(
            Sensor(each, each.name)
            for each in MODALITIES.values()
            if each.level == "pixel" and each.name not in ("sentinel1", "sentinel2")
        ),
    )
}
