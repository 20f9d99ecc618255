"""The tasks of torchgeo-bench 0.4.0 that say they are of Sentinel-2: what they call its bands, and their statistics."""

from dataclasses import dataclass

from mmearth_core.adapters.bench_bands import NAMES
from mmearth_core.evaluation.tasks.geobench_facts import LABELS


@dataclass(frozen=True)
class Spec:
    sensor: str
    name: str
    source_name: str
    mean: float
    max: float
    std: float = 500.0
    min: float = 0.0


#: A word for each channel: label, mean and maximum; - for a channel of another sensor. Labels of GEO-Bench 1.0 by
#: their number.
_STATISTICS = {
    "m-eurosat": """01:1359.95:6805 02:1125.53:28000 03:1055:28000 04:957.344:28000 05:1219.67:23381 06:2051.62:24975
        07:2433.6:25412 08:2360.1:28002 08A:751.164:3761 09:12.2881:90 10:1848.9:24704 11:1131.27:22210
        12:2665.44:25752""",
    "m-bigearthnet": """01:378.402:18268 02:482.274:20545 03:706.537:18989 04:720.926:17881 05:1100.67:16186
        06:1909.29:16039 07:2191.7:15956 08:2336.86:16708 08A:2394.74:15825 09:2368.32:15593 11:1875.26:15422
        12:1229.38:15258""",
    "m-brick-kiln": """01:572.205:2823.22 02:669:3959.5 03:879.878:5260.67 04:807.583:5365.33 05:1127.9:5057.48
        06:1960.74:11046.8 07:2075.83:11896.5 08:2039.48:12515 08A:1625.46:5887.48 09:1135.59:7890 10:82.471:255
        11:89.8659:255 12:68.4528:255""",
    "m-so2sat": """- 02:0.1295:2.8 - 03:0.1172:2.8 - 04:0.1138:2.8 - - 05:0.1272:2.8001 - 06:0.1707:2.8002 -
        07:0.1928:2.8002 08:0.1855:2.8001 - 08A:0.2073:2.8001 11:0.1768:2.8 12:0.1285:2.8""",
    "benv2": """B01:356.468:11450 B02:434.675:20592 B03:612.172:18640 B04:587.062:17280 B05:942.387:16706
        B06:1769.64:16408 B07:2049.96:16285 B08:2192.89:16280 B8A:2236.25:16071 B09:2242.3:13792 B11:1576.53:15351
        B12:1004.48:15213 - -""",
    "burn_scars": "B02:0.0526:1 B03:0.078:1 B04:0.0947:1 B8A:0.2139:1 B11:0.2356:1 B12:0.171:1",
    "cloudsen12": """B01:1973.24:26044 B02:2011.85:25520 B03:2148.43:22800 B04:2182.13:20816 B05:2526.47:19952
        B06:3055.09:19140 B07:3239.42:18724 B08:3293.5:18416 B8A:3347.9:18096 B09:4046.78:17844 B11:2443.39:15948
        B12:1894.92:16124""",
    "dynamic_earthnet": """- - - - B01:1142.08:15535 B02:1399.03:15621 B03:1429.55:15541 B04:2782.08:15434
        B05:1799.14:16588 B06:2486.87:16479 B07:2749.07:16621 B08:2899.32:16560 B8A:2369.53:11401 B10:1732.49:15547
        B11:1049.82:15633 B12:3192:16726""",
    "eurosat": """B01:1354.41:17720 B02:1118.24:28000 B03:1042.93:28000 B04:947.627:28000 B05:1199.47:23381
        B06:1999.79:27791 B07:2369.22:28001 B08:2296.83:28002 B09:732.084:15384 B10:12.1133:183 B11:1819.01:24704
        B12:1118.92:22210 B8A:2594.14:28000""",
    "forestnet": "B02:72.3759:255 B03:83.1816:255 B04:77.0861:255 B8A:123.543:250 B11:91.0484:255 B12:74.3097:255",
    "fotw": "red:937.509:17499 green:923.717:17653 blue:678.358:20214 nir:3028.48:17200",
    "pastis": """B02:982.691:15720 B03:1200.18:15300 B04:1279.17:14267 B05:1579.55:15177 B06:2426.65:14927
        B07:2722.16:14755 B08:2865.78:14618 B8A:3008.59:14614 B11:2571.95:13079 B12:1728.94:12155 - - - - - -""",
    "so2sat": """B02:0.1295:2.8 B03:0.1172:2.8 B04:0.1138:2.8 B05:0.1272:2.8001 B06:0.1707:2.8002 B07:0.1928:2.8002
        B08:0.1855:2.8001 B8A:0.2073:2.8001 B11:0.1768:2.8 B12:0.1285:2.8 - -""",
    "treesatai": """- - - - B02:241.428:3059 B03:384.216:3253 B04:247.127:3195 B08:2828.33:6124 B05:623.686:3062
        B06:2116.06:4433 B07:2710.51:5808 B8A:2985.2:6175 B11:1318.65:4093 B12:594.947:3471 B01:255.617:2050
        B09:2972.19:5569 - - -""",
}
#: What is in the channels: a band, or - for none of Sentinel-2's. DynamicEarthNet's labels are in another order than
#: its bands, and Forestnet is of Landsat 8, in 8 bits: both have to be refused.
BANDS = {
    "m-eurosat": "B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B8A",
    "m-bigearthnet": "B01 B02 B03 B04 B05 B06 B07 B08 B8A B09 B11 B12",
    "m-brick-kiln": "B01 B02 B03 B04 B05 B07 B8A B08 B11 B12 - - -",
    "m-so2sat": "- B02 - B03 - B04 - - B05 - B06 - B07 B08 - B8A B11 B12",
    "benv2": "B01 B02 B03 B04 B05 B06 B07 B08 B8A B09 B11 B12 - -",
    "burn_scars": "B02 B03 B04 B8A B11 B12",
    "cloudsen12": "B01 B02 B03 B04 B05 B06 B07 B08 B8A B09 B11 B12",
    "eurosat": "B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B8A",
    "fotw": "B04 B03 B02 B08",
    "pastis": "B02 B03 B04 B05 B06 B07 B08 B8A B11 B12 - - - - - -",
    "so2sat": "B02 B03 B04 B05 B06 B07 B08 B8A B11 B12 - -",
    "treesatai": "- - - - B02 B03 B04 B08 B05 B06 B07 B8A B11 B12 B01 B09 - - -",
}
REFUSED = {"dynamic_earthnet": "not labelled rightly", "forestnet": "pictures of 8 bits"}
#: Those in units of reflectance; all others are in reflectance × 10000.
IN_REFLECTANCE = {"m-so2sat", "so2sat", "burn_scars"}

_WORDS = {band: name for name, band in NAMES.items()}


def _spec(task: str, told: str) -> Spec:
    if told == "-":
        return Spec("sar", "vv", "VV", 0.1, 40)
    label, mean, highest = told.split(":")
    full = next((each for each in LABELS if each.startswith(f"{label} - ")), label)
    band = LABELS.get(full, label)
    name = _WORDS[band] if full in LABELS or task == "eurosat" else band.lower()
    return Spec("s2", name, full, float(mean), float(highest))


#: All bands of every task.
SPECS: dict[str, tuple[Spec, ...]] = {
    name: tuple(_spec(name, each) for each in told.split()) for name, told in _STATISTICS.items()
}


def expected(name: str) -> dict[str, int]:
    """The channel of every band of a task."""
    return {band: channel for channel, band in enumerate(BANDS[name].split()) if band != "-"}
