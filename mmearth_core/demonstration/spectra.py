"""What the synthetic scene is made of: reflectance of surfaces in Sentinel-2's bands, and the instrument's properties.

Reflectances are typical values, written down to two or three digits at the band centres after spectra of the ECOSTRESS
library (Meerdink et al. 2019, Remote Sens. Environ. 230) and the USGS library splib07 (Kokaly et al. 2017, USGS Data
Series 1035), of urban materials (Herold et al. 2004, IEEE TGRS 42(9); Kotthaus et al. 2014, ISPRS J. 94), soils (Stoner
& Baumgardner 1981, SSSA J. 45), canopies as PROSAIL gives them (Jacquemoud et al. 2009, Remote Sens. Environ. 113) and
inland waters (Spyrakos et al. 2018, Limnol. Oceanogr. 63). They are approximate: they serve a picture that behaves like
a real one, are no reference data, and must never be used as such.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Bands of the scene in the order of the file.
BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
#: Centre wavelength in nm (Sentinel-2A, ESA spectral responses COPE-GSEG-EOPG-TN-15-0007).
WAVELENGTHS = (443, 492, 560, 665, 704, 741, 783, 833, 865, 945, 1614, 2202)
#: Pixel size in metres at which the instrument measures each band.
NATIVE = (60, 10, 10, 10, 20, 20, 20, 10, 20, 60, 20, 20)
#: Reference radiance in W m⁻² sr⁻¹ µm⁻¹ and signal-to-noise ratio required there (ESA Sentinel-2 MSI user handbook).
REFERENCE_RADIANCE = (129.0, 128.0, 128.0, 108.0, 74.5, 68.0, 67.0, 103.0, 52.5, 9.0, 4.0, 1.5)
SNR = (129, 154, 168, 142, 117, 89, 105, 174, 72, 114, 100, 100)
#: Solar irradiance at the top of the atmosphere in W m⁻² µm⁻¹ (product metadata of Sentinel-2A).
IRRADIANCE = (1884.7, 1959.7, 1823.2, 1512.1, 1424.6, 1287.6, 1162.1, 1041.6, 955.3, 813.0, 245.6, 85.3)

#: Surface reflectance of pure materials, one value for each of `BANDS`.
_MATERIALS: dict[str, tuple[float, ...]] = {
    "clear water": (0.026, 0.024, 0.026, 0.014, 0.012, 0.010, 0.010, 0.009, 0.008, 0.008, 0.005, 0.004),
    "turbid water": (0.042, 0.050, 0.072, 0.062, 0.056, 0.032, 0.032, 0.027, 0.021, 0.020, 0.010, 0.007),
    "broadleaf canopy": (0.020, 0.024, 0.052, 0.026, 0.085, 0.285, 0.375, 0.395, 0.415, 0.420, 0.185, 0.082),
    "needleleaf canopy": (0.016, 0.019, 0.036, 0.022, 0.058, 0.165, 0.205, 0.220, 0.235, 0.245, 0.105, 0.048),
    "shaded canopy": (0.010, 0.010, 0.015, 0.010, 0.024, 0.068, 0.088, 0.092, 0.098, 0.100, 0.048, 0.024),
    "cereal": (0.026, 0.032, 0.064, 0.035, 0.098, 0.330, 0.430, 0.452, 0.470, 0.472, 0.188, 0.084),
    "rapeseed in flower": (0.030, 0.042, 0.135, 0.118, 0.180, 0.335, 0.395, 0.425, 0.435, 0.435, 0.200, 0.100),
    "ripening cereal": (0.046, 0.056, 0.096, 0.100, 0.155, 0.272, 0.312, 0.335, 0.352, 0.360, 0.282, 0.176),
    "root crop": (0.024, 0.030, 0.076, 0.034, 0.112, 0.375, 0.490, 0.512, 0.530, 0.530, 0.222, 0.100),
    "fresh grass": (0.025, 0.032, 0.070, 0.036, 0.124, 0.400, 0.490, 0.515, 0.530, 0.525, 0.235, 0.112),
    "herb-rich grass": (0.032, 0.040, 0.074, 0.058, 0.122, 0.285, 0.340, 0.362, 0.380, 0.382, 0.255, 0.142),
    "dry grass": (0.050, 0.062, 0.094, 0.112, 0.158, 0.222, 0.248, 0.272, 0.292, 0.305, 0.325, 0.225),
    "dark soil": (0.046, 0.054, 0.072, 0.090, 0.106, 0.118, 0.129, 0.140, 0.150, 0.155, 0.205, 0.178),
    "light soil": (0.085, 0.105, 0.145, 0.190, 0.212, 0.226, 0.240, 0.254, 0.268, 0.274, 0.340, 0.308),
    "reddish soil": (0.048, 0.058, 0.086, 0.142, 0.168, 0.184, 0.198, 0.212, 0.226, 0.230, 0.298, 0.256),
    "limestone": (0.215, 0.245, 0.290, 0.325, 0.335, 0.342, 0.348, 0.352, 0.356, 0.358, 0.395, 0.360),
    "asphalt": (0.082, 0.088, 0.098, 0.108, 0.114, 0.119, 0.124, 0.129, 0.134, 0.137, 0.158, 0.152),
    "concrete": (0.175, 0.198, 0.224, 0.244, 0.254, 0.260, 0.266, 0.271, 0.276, 0.279, 0.302, 0.280),
    "clay tiles": (0.062, 0.072, 0.098, 0.168, 0.196, 0.212, 0.228, 0.242, 0.256, 0.262, 0.330, 0.292),
    "slate": (0.068, 0.072, 0.077, 0.081, 0.085, 0.089, 0.093, 0.096, 0.099, 0.102, 0.118, 0.116),
    "white roofing": (0.370, 0.420, 0.450, 0.462, 0.464, 0.464, 0.462, 0.460, 0.455, 0.445, 0.425, 0.385),
}
MATERIAL_NAMES = tuple(_MATERIALS)
#: Reflectance, shape (materials, bands).
MATERIALS: NDArray[np.float32] = np.array(list(_MATERIALS.values()), np.float32)

#: Classes of the truth, in the order of their values 1, 2, …, and the colours an analyst gave them.
CLASSES: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("water", (38, 110, 184)),
    ("forest", (24, 96, 48)),
    ("crops", (232, 196, 72)),
    ("grassland", (146, 202, 106)),
    ("built-up", (196, 64, 72)),
    ("bare soil", (158, 116, 84)),
)


@dataclass(frozen=True)
class Kind:
    """A kind of surface: its class in the truth and its mixture of two materials.

    `share` is the mean share of the first material; it varies between objects (`between`), smoothly within them
    (`patches`) and along the rows of a field (`rows`), and from crown to crown (`crowns`); all as standard deviations.
    `brightness` is the relative standard deviation of the reflectance between objects.
    """

    name: str
    class_name: str
    first: str
    second: str
    share: float
    between: float = 0.0
    patches: float = 0.0
    rows: float = 0.0
    crowns: float = 0.0
    brightness: float = 0.05


KINDS: tuple[Kind, ...] = (
    Kind("lake", "water", "clear water", "turbid water", 0.95, patches=0.05, brightness=0.03),
    Kind("river", "water", "turbid water", "clear water", 0.65, between=0.05, patches=0.10, brightness=0.03),
    Kind("broadleaf", "forest", "broadleaf canopy", "shaded canopy", 0.74, 0.06, 0.06, 0.0, 0.24, 0.08),
    Kind("conifer", "forest", "needleleaf canopy", "shaded canopy", 0.68, 0.08, 0.06, 0.0, 0.22, 0.08),
    Kind("hedge", "forest", "broadleaf canopy", "fresh grass", 0.75, 0.0, 0.1, 0.0, 0.2, 0.05),
    Kind("winter cereal", "crops", "cereal", "dark soil", 0.86, 0.08, 0.05, 0.03),
    Kind("rapeseed", "crops", "rapeseed in flower", "cereal", 0.78, 0.14, 0.07, 0.02),
    Kind("spring crop", "crops", "root crop", "dark soil", 0.58, 0.12, 0.07, 0.05),
    Kind("maize", "crops", "root crop", "light soil", 0.34, 0.07, 0.06, 0.05),
    Kind("barley", "crops", "ripening cereal", "cereal", 0.55, 0.22, 0.08, 0.03),
    Kind("pasture", "grassland", "fresh grass", "herb-rich grass", 0.72, 0.20, 0.10, 0.0, 0.02, 0.06),
    Kind("meadow", "grassland", "herb-rich grass", "fresh grass", 0.66, 0.18, 0.12, 0.0, 0.03, 0.06),
    Kind("mown meadow", "grassland", "dry grass", "fresh grass", 0.56, 0.15, 0.10, 0.04, 0.0, 0.05),
    Kind("tilled dark", "bare soil", "dark soil", "light soil", 0.82, 0.15, 0.08, 0.03, 0.0, 0.10),
    Kind("tilled light", "bare soil", "light soil", "dark soil", 0.76, 0.16, 0.10, 0.04, 0.0, 0.08),
    Kind("tilled red", "bare soil", "reddish soil", "light soil", 0.80, 0.12, 0.08, 0.03, 0.0, 0.08),
    Kind("quarry", "bare soil", "limestone", "dark soil", 0.40, 0.09, 0.16, 0.0, 0.10, 0.07),
    Kind("road", "built-up", "asphalt", "concrete", 0.80, 0.10, 0.03, 0.0, 0.0, 0.06),
    Kind("yard", "built-up", "concrete", "asphalt", 0.35, 0.20, 0.05, 0.0, 0.05, 0.08),
    Kind("garden", "built-up", "fresh grass", "asphalt", 0.50, 0.14, 0.05, 0.0, 0.30, 0.10),
    Kind("tiled roof", "built-up", "clay tiles", "slate", 0.85, 0.12, 0.0, 0.0, 0.05, 0.15),
    Kind("slate roof", "built-up", "slate", "concrete", 0.85, 0.12, 0.0, 0.0, 0.05, 0.15),
    Kind("hall roof", "built-up", "white roofing", "concrete", 0.55, 0.30, 0.0, 0.0, 0.02, 0.12),
)
KIND_INDEX = {kind.name: index for index, kind in enumerate(KINDS)}


def kind_classes() -> NDArray[np.uint8]:
    """Value of the truth (1 …) of each of `KINDS`."""
    values = {name: value for value, (name, _) in enumerate(CLASSES, 1)}
    return np.array([values[kind.class_name] for kind in KINDS], np.uint8)
