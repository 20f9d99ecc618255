"""What the values of a mask mean: masks of products that are known by name, and what a user says of others.

Nothing is guessed of a mask that nobody describes: `told` refuses one that looks like a bit field or a probability.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError

#: SCL classes left out as clouds: cloud shadow, cloud of medium and of high probability, thin cirrus.
#: 0 (no data) is invalid already; 1 (saturated or defective), 2 (dark) and 11 (snow) are ground.
CLOUD_CLASSES = (3, 8, 9, 10)
#: More distinct values than this are no classes.
_CLASSES = 16
#: A mask of which nothing is known and that leaves out more than this may be the other way round: few embed a scene of
#: which most is cloud, and most masks of what is clear leave out more.
_MOST = 0.5
#: Values up to this are classes in a file called Fmask, which its bits may be as well.
_FMASK_CLASSES = 5
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)(?:\s*-\s*(-?\d+(?:\.\d+)?))?")
_HIGHEST_BIT = 31

Ranges = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Meaning:
    """Which values leave a pixel out: those in `ranges` (ends included), with any of `bits`, or else all but 0.

    `words` say it.
    """

    ranges: Ranges | None
    bits: int
    words: str

    def leaves_out(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Where values that say something leave a pixel out."""
        chosen: NDArray[np.bool_]
        if self.bits:
            chosen = (values.astype(np.int64) & self.bits) != 0
        elif self.ranges is None:
            chosen = values != 0
        else:
            chosen = np.zeros(values.shape, np.bool_)
            for low, high in self.ranges:
                chosen |= (values >= low) & (values <= high)
        return chosen


@dataclass(frozen=True)
class MaskProduct:
    """A mask that many have: what its file or band is `called`, its bits by name, and what is left out by default.

    `bands`: how many its file has. `marks`: whether 1 and 255 alone may be its values too; else a file of this name
    with no others was made from the product by somebody. `classes`: all that it may hold; () where it is not checked.
    """

    name: str
    called: re.Pattern[str]
    bits: Mapping[str, int] = field(default_factory=dict)
    default: tuple[str, ...] = ()
    values: tuple[int, ...] = ()
    bands: int = 1
    marks: bool = False
    classes: tuple[int, ...] = ()


def _called(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", re.IGNORECASE)


#: What a mask is called that marks the pixels to keep.
_KEEPS = _called(
    r"(?:is[ _-]?)?(?:clear|valid|usable|good)(?:[ _-]?(?:sky|land|data|pixels?|obs|observations?|mask))*"
    r"|(?:data|land)[ _-]?mask|(?:cloud[ _-]?free|no[ _-]?clouds?)(?:[ _-]?mask)?|keep|aoi|roi"
)

#: The sources, in order: README of GERSL/Fmask (0 land, 1 water, 2 shadow, 3 snow, 4 cloud, 255 fill); Sen2Cor
#: configuration and user manual 2.11, table of SCL classes; HLS user guide 2.0, table 9 (the same bits in 1.4); Landsat
#: Collection 2 level 2 science product guide, QA_PIXEL; Earth Engine catalogue, COPERNICUS/S2_SR; MAJA output format,
#: CESBIO, and majamask (cloud and cirrus of CLM, the bits of MG2); Planet's usable data mask 2.1; OmniCloudMask's
#: README.
PRODUCTS = (
    MaskProduct("Fmask 4", _called(r"fmask[ _-]?4(?:[ ._]\d+)*"), values=(2, 4), classes=(0, 1, 2, 3, 4, 255)),
    MaskProduct("the scene classification (SCL)", _called("scl"), values=CLOUD_CLASSES),
    MaskProduct(
        "Fmask of HLS",
        _called("fmask"),
        {"cirrus": 0, "cloud": 1, "adjacent": 2, "shadow": 3, "snow": 4, "water": 5},
        ("cirrus", "cloud", "adjacent", "shadow"),
    ),
    MaskProduct(
        "QA_PIXEL of Landsat",
        _called("qa[_-]?pixel"),
        {"fill": 0, "dilated": 1, "cirrus": 2, "cloud": 3, "shadow": 4, "snow": 5, "clear": 6, "water": 7},
        ("dilated", "cirrus", "cloud", "shadow"),
    ),
    MaskProduct("QA60", _called("qa60"), {"cloud": 10, "cirrus": 11}, ("cloud", "cirrus")),
    MaskProduct(
        "the cloud mask of MAJA (CLM)",
        _called("clm(?:_r[12])?"),
        {
            "any": 0,
            "cloud": 1,
            "shadow": 2,
            "outside_shadow": 3,
            "one_date": 4,
            "several_dates": 5,
            "thin": 6,
            "cirrus": 7,
        },
        ("any", "cloud", "shadow", "outside_shadow", "one_date", "several_dates", "thin", "cirrus"),
        marks=True,
    ),
    MaskProduct(
        "the geophysical mask of MAJA (MG2)",
        _called("mg2(?:_r[12])?"),
        {
            "water": 0,
            "cloud": 1,
            "snow": 2,
            "shadow": 3,
            "terrain_shadow": 4,
            "hidden": 5,
            "low_sun": 6,
            "tangent_sun": 7,
        },
        ("cloud", "shadow"),
    ),
    MaskProduct(
        "the usable data mask of Planet (1 is clear)", _called("udm2(?:_clip)?"), values=(0,), bands=8, marks=True
    ),
    MaskProduct("OmniCloudMask", _called("omnicloudmask|ocm"), values=(1, 2, 3), marks=True),
)


def known_product(path: str, description: str | None) -> MaskProduct | None:
    """The product a mask is of, by the description of its band or the name of its file."""
    for text in (description or "", re.split(r"[/\\]", path)[-1]):
        for product in PRODUCTS:
            if _fits(product.called, text):
                return product
    return None


def _fits(called: re.Pattern[str], text: str) -> bool:
    # An underscore separates, but regular expressions take it for a letter.
    return any(called.search(each) for each in (text.replace("_", " "), text.replace(" ", "_")))


def given(
    path: str, product: MaskProduct | None, values: Sequence[int | str] | None, bits: Sequence[int | str] | None
) -> Meaning | None:
    """What the user says of a mask; None when that is nothing. Raises `MMEarthError`."""
    if values is not None and bits is not None:
        raise MMEarthError(f"{path}: `mask_values` and `mask_bits` say the same thing twice; give one of them.")
    if values is not None:
        ranges = tuple(_range(each) for each in values)
        return Meaning(ranges, 0, f"values {', '.join(map(str, values))}")
    if bits is not None:
        known = product.bits if product is not None else {}
        numbers = [_bit(each, known, path) for each in bits]
        return Meaning(None, sum({1 << number for number in numbers}), f"bits {', '.join(map(str, bits))}")
    return None


def told(
    path: str,
    product: MaskProduct | None,
    values: NDArray[np.generic],
    share: float,
    bands: int = 1,
    *,
    called: str | None = None,
) -> Meaning:
    """What a mask means of which the user says nothing, by its product or, when it is plain, all but 0.

    `values` are what it holds over the scene, no-data left out; `share` is how much of the scene is not 0; `bands` is
    how many its file has; `called` is how the band is. Raises `MMEarthError` when it may mean something else.
    """
    distinct = np.unique(values)
    if product is not None and _is_of(product, path, distinct, bands):
        if product.bits:
            mask = sum(1 << product.bits[name] for name in product.default)
            return Meaning(None, mask, f"{', '.join(product.default)} of {product.name}")
        written = ", ".join(map(str, product.values))
        ranges = tuple((float(value), float(value)) for value in product.values)
        return Meaning(ranges, 0, f"values {written} of {product.name}")
    whole = bool((distinct == np.floor(distinct.astype(np.float64))).all())
    keeps = next((text for text in (called or "", re.split(r"[/\\]", path)[-1]) if _fits(_KEEPS, text)), None)
    if not whole or len(distinct) > _CLASSES or share > _MOST or keeps is not None or product is not None:
        shown = ", ".join(f"{value:g}" for value in distinct[:4].astype(np.float64))
        more = f", … {distinct[-1]:g}" if len(distinct) > 4 else ""
        name = "" if keeps is None else f", and “{keeps}” may mark what is to be kept"
        raise MMEarthError(
            f"{path} holds {shown}{more}, and {100 * share:.3g} % of the scene is not 0 in it{name}: say what is to be"
            " left out, with `mask_values` (a value, 0 for instance where 0 is cloud, or a range such as 40-100 of a"
            " probability), or with `mask_bits` if it is a bit field."
        )
    return Meaning(None, 0, "all that is not 0")


def _is_of(product: MaskProduct, path: str, distinct: NDArray[np.generic], bands: int) -> bool:
    """Whether a file that is called like a product holds what the product does."""
    if product.bits and product.name.startswith("Fmask") and _may_be_classes(path, distinct):
        return False
    if product.classes and not np.isin(distinct, product.classes).all():
        return False
    marked = bool(np.isin(distinct, (0, 1, 255)).all()) and bool(distinct.any())
    return bands >= product.bands and (product.marks or not marked)


def _may_be_classes(path: str, distinct: NDArray[np.generic]) -> bool:
    """Fmask itself writes classes (0 clear land … 4 cloud), and HLS bits under the same name."""
    counted = distinct[distinct != 255]
    named = re.search(r"hls", re.split(r"[/\\]", path)[-1], re.IGNORECASE)
    return named is None and bool(counted.size) and int(counted.max()) <= _FMASK_CLASSES and int(counted.max()) > 0


def _range(text: int | str) -> tuple[float, float]:
    if isinstance(text, int | float):
        return float(text), float(text)
    found = _RANGE.fullmatch(text.strip())
    if found is None or (found[2] is not None and float(found[2]) < float(found[1])):
        raise MMEarthError(f"`mask_values={text}`: that is no value; give a number, or a range such as 40-100.")
    return float(found[1]), float(found[2] if found[2] is not None else found[1])


def _bit(text: int | str, known: Mapping[str, int], path: str) -> int:
    word = str(text).strip().lower()
    number = int(word) if word.isdigit() else known.get(word, -1)
    if not 0 <= number <= _HIGHEST_BIT:
        names = f", or of {', '.join(known)}" if known else " (names are known of masks of HLS, Landsat and MAJA only)"
        raise MMEarthError(
            f"`mask_bits={text}` is no bit of {path}; give numbers from 0 (the lowest) to {_HIGHEST_BIT}{names}."
        )
    return number
