"""TESSERA's datasets: which one a file is of, and its GeoTIFFs. Versions are not interchangeable, years are.

Facts: geotessera's documentation of its formats (geotessera.readthedocs.io).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mmearth_core.errors import MMEarthError
from mmearth_core.sources.elsewhere.banded import BandedEmbedding, Header
from mmearth_core.sources.elsewhere.laws import Linear

#: Length of a whole vector.
BANDS = 128
_BAND = re.compile(r"Tessera_Band_(\d+)")
_VERSION = re.compile(r"v?(?P<major>\d+)(?:\.(?P<minor>\d+))?(?:-(?P<variant>[\w~.-]+))?", re.IGNORECASE)
#: The variant that geotessera means where a version is named without one.
_DEFAULT_VARIANTS = {"1.0": "vultr"}
LICENCE = "see https://github.com/ucam-eo/tessera"


@dataclass(frozen=True)
class Dataset:
    """A dataset of TESSERA: what must match between a probe and an embedding."""

    version: str
    variant: str = ""

    @classmethod
    def of(cls, version: str, variant: str = "") -> "Dataset":
        """Of a version as it is written ("v1", "1.0", "v1.1-cam") and, where it is told apart, a variant."""
        found = _VERSION.fullmatch(version.strip())
        if found is None:
            return cls(version.strip(), variant.strip())
        number = f"{found['major']}.{found['minor'] or 0}"
        return cls(number, variant.strip() or found["variant"] or _DEFAULT_VARIANTS.get(number, ""))

    @property
    def identity(self) -> str:
        return "/".join(each for each in ("tessera", self.version, self.variant) if each)

    @property
    def name(self) -> str:
        return " ".join(each for each in ("TESSERA", self.version, self.variant) if each)


def identity_of(dataset: Dataset, numbers: tuple[int, ...]) -> str:
    """What must match, for those bands (from 0) of a dataset."""
    if numbers == tuple(range(BANDS)):
        return dataset.identity
    first = numbers == tuple(range(len(numbers)))
    return f"{dataset.identity}/bands {f'0-{len(numbers) - 1}' if first else ','.join(map(str, numbers))}"


def tessera_geotiff(header: Header, remedy: str) -> BandedEmbedding | None:
    """The embedding of a GeoTIFF with bands of TESSERA; None for any other.

    Raises `MMEarthError` that ends with the `remedy` when it does not say of which dataset it is.
    """
    found = [_BAND.fullmatch(name) for name in header.bands]
    numbers = tuple(int(each[1]) for each in found if each is not None)
    if len(numbers) < len(header.bands):
        return None
    tags = header.tags
    version = tags.get("TESSERA_DATASET_VERSION", "")
    if not version or not header.is_float:
        what = (
            "does not say of which dataset of TESSERA it is" if not version else "does not hold floats, as TESSERA's do"
        )
        raise MMEarthError(f"{header.path} {what} (tag TESSERA_DATASET_VERSION). {remedy}")
    dataset = Dataset.of(version, tags.get("TESSERA_DATASET_VARIANT", ""))
    law = Linear.of(len(numbers))
    return BandedEmbedding(
        header=header,
        identity=identity_of(dataset, numbers),
        name=dataset.name,
        bands=header.bands,
        indexes=tuple(range(1, len(numbers) + 1)),
        unit_norm=False,
        law=law,
        nodata=header.nodata,
        facts=facts_of(tags.get("TESSERA_YEAR"), str(law)),
    )


def facts_of(year: object, law: str) -> Mapping[str, object]:
    return {"law": law, "year": year, "licence": LICENCE}
