"""Which mission a file says it is of: by words in names and tags, and by numbers of bands only others have. Pure."""

import re
from collections.abc import Iterable, Set

_MISSIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        # FORCE writes LND08, HLS writes HLS.L30, the USGS LC08_….
        (
            "Landsat",
            r"landsat|(?<![a-z0-9])l[ceotm]0[1-9]_|(?<![a-z0-9])s[rt]_b\d|hls[\s._-]?l30"
            r"|(?<![a-z0-9])lnd0[4-9]|(?<![a-z])(?:oli[_-]?tirs|etm\+|tirs)(?![a-z])|^(?:oli(?:[_-]?2)?|etm)$",
        ),
        ("MODIS", r"sur_refl|modis|(?<![a-z0-9])m[oyc]d\d\d[a-z]\w?|nadir_reflectance_band"),
        ("VIIRS", r"viirs|(?<![a-z0-9])v(?:np|j1)\d\d"),
        ("Sentinel-3", r"(?<![a-z0-9])s3[ab]_(?:ol|sl)|sentinel[\s_-]?3|olci|slstr|(?<![a-z0-9])oa[0-2]\d(?!\d)"),
        (
            "PlanetScope",
            r"planet[\s_-]?scope|superdove|psscene|(?<![a-z0-9])ps(?:2(?:\.sd)?|b\.sd)(?![a-z0-9])"
            r"|_3b_(?:analytic|visual)",
        ),
        ("RapidEye", r"rapideye"),
        ("SkySat", r"skysat"),
        ("WorldView", r"worldview|(?<![a-z0-9])wv0?[1-4]_|quickbird|geoeye"),
        ("Pléiades", r"pl[eé]iades|(?<![a-z0-9])phr1[ab]|(?<![a-z0-9])pneo"),
        ("SPOT", r"(?<![a-z0-9])spot[\s_-]?[1-7](?!\d)"),
        ("ASTER", r"(?<![a-z])aster(?![a-z])|(?<![a-z0-9])ast_(?:l1|0)|(?<![a-z0-9])(?:b|vnir_band)3n(?![a-z0-9])"),
        ("PRISMA", r"(?<![a-z])prisma(?![a-z])|(?<![a-z0-9])prs_l"),
        ("EnMAP", r"enmap(?![\s_-]?box)"),
        ("DESIS", r"(?<![a-z])desis(?![a-z])"),
        ("EMIT", r"(?<![a-z])emit_l\d"),
        ("VENµS", r"(?<![a-z])ven[uµ]s(?![a-z])"),
        ("CBERS", r"cbers|amazonia[\s_-]?1"),
        ("Gaofen", r"gaofen|(?<![a-z0-9])gf[1-7]_"),
        ("PROBA-V", r"proba[\s_-]?v(?![a-z])"),
    )
)
_SENTINEL2 = re.compile(
    r"sentinel[\s_-]?2|(?<![a-z0-9])(?:s|sen)2[a-d]?(?![a-z0-9])|msil(?:1c|2a)|s2_msi|hls[._]?s30|copernicus/s2"
    r"|(?<![a-z0-9])t\d{2}[c-x][a-z]{2}_\d{8}",
    re.IGNORECASE,
)


def mission(text: str) -> str | None:
    """The mission other than Sentinel-2 a text names ("LC08_…", "sur_refl_b01", "PSScene"), or None."""
    if _SENTINEL2.search(text):
        return None
    return next((name for name, words in _MISSIONS if words.search(text)), None)


def is_sentinel2(texts: Iterable[str]) -> bool:
    """Whether any of the texts names Sentinel-2, its products or its tiles."""
    return any(_SENTINEL2.search(text) for text in texts)


def foreign_mission(texts: Iterable[str]) -> tuple[str, str] | None:
    """(mission, the text that names it) when the texts name another mission and none of them names Sentinel-2."""
    texts = tuple(texts)
    if is_sentinel2(texts):
        return None
    return next(((name, text) for text in texts if (name := mission(text)) is not None), None)


#: Sentinel-2's own pixel sizes in m, with room for other grids; codes of other sizes need a second sign.
_PIXELS = ((8.0, 12.5), (16.0, 25.0), (50.0, 75.0))


def usual_pixel(size: float | None) -> bool:
    """Whether a pixel size, in m on the ground, is one of Sentinel-2's; an unknown size is no objection."""
    return size is None or any(low <= size <= high for low, high in _PIXELS)


def doubtful_codes(codes: Set[str], pixel: float | None) -> str | None:
    """Why band codes alone ("B02", "B05") may be those of another mission, as the end of a sentence; None if not.

    Landsat, CBERS, MODIS, VENµS and others number their bands B1, B2, … too. Only Sentinel-2 has a B8A. Landsat 8 and 9
    (and HLS L30) have B1 to B11 without it: B05 to B07 are infrared, B10 and B11 thermal.
    """
    if "B8A" in codes or codes <= {"B01", "B02", "B03", "B04"} or len(codes) < 3:
        return None
    in_one_row = len(codes) > 4 and sorted(codes) == [f"B{number:02d}" for number in range(1, len(codes) + 1)]
    infrared, beyond = {"B05", "B06", "B07"}, {"B09", "B10", "B11"}
    reasons = (
        (
            pixel is not None and not usual_pixel(pixel) and "B12" not in codes,
            f"pixels of {pixel or 0:.3g} m and no B8A are not Sentinel-2's",
        ),
        ("B08" not in codes, "without B08 and B8A they are numbered as Landsat's and others' are"),
        (
            not codes & {"B02", "B03", "B04"},
            "without B02, B03 and B04 they are numbered as those of CBERS and others are",
        ),
        (in_one_row, "without B8A, from B1 on in one row, they are numbered as those of WorldView and others are"),
        (
            "B12" not in codes and infrared <= codes and bool(codes & beyond),
            "without B8A and B12 they are numbered as Landsat's are",
        ),
    )
    return next((reason for holds, reason in reasons if holds), None)
