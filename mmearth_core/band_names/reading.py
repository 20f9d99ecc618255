"""From what a file calls its bands to what they are, or one sentence that asks. Pure.

Names are read together: one by itself ("NIR", "B5") means different bands to different processors and missions. They
are taken when one known convention explains them and no other does otherwise; a stated wavelength outranks a name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mmearth_core.band_names.codes import code_in, contradicts, has_code, is_counting, without_count, words_of
from mmearth_core.band_names.conventions import OTHERS, SENTINEL2, WORDS, Convention, squeezed
from mmearth_core.band_names.missions import doubtful_codes, foreign_mission, is_sentinel2, mission, usual_pixel
from mmearth_core.band_names.wavelengths import band_at, in_text, is_named_by_wavelength
from mmearth_core.errors import MMEarthError

#: What the user is asked for, where the bands of one raster are not certain.
ASK = "say what each band is, in order, with `bands` ('-' for a band to ignore)"
#: The same where a source names its bands itself: a folder, a product, a file with a variable per band.
ONE_BY_ONE = "name the files one by one and say with `bands`, in their order, what each is"


_RED_EDGE = re.compile(r"red[\s_-]*edge", re.IGNORECASE)

#: By what bands are told where no name says anything.
WAVELENGTHS = "wavelengths"


@dataclass(frozen=True)
class Label:
    """What a file says of one band: its name, its central wavelength and the width of the band, both in nm."""

    text: str | None
    wavelength: float | None = None
    width: float | None = None


@dataclass(frozen=True)
class Reading:
    """Band name → 0-based position; `convention` is whose words were read, None where band codes say it all."""

    bands: Mapping[str, int]
    convention: str | None = None


@dataclass(frozen=True)
class Circumstances:
    """What else tells whose bands these are: the pixel size in m on the ground, and texts that may name a mission.

    `source` begins the sentences, `ask` ends them with what to do.
    """

    source: str = "the raster"
    pixel: float | None = None
    hints: tuple[str, ...] = ()
    ask: str = ASK


def band_name(text: str | None) -> str | None:
    """ESA's name ("B02") of the band a text names by itself, or None when it names none, several, or not for certain.

    Understands band codes inside descriptions and file names ("B2", "Band 8A: Vegetation red edge",
    "T30UVD_20210527T112121_B02_10m.jp2") and, as the whole text or at the end of a file name, the usual words ("blue",
    "nir08", "swir16", "coastal aerosol", "red edge 1").
    """
    if not text or mission(text) is not None:
        return None
    if has_code(text):
        code = code_in(text)
        return code if code is not None and not contradicts(code, text) else None
    return next((WORDS.bands[name] for word in words_of(text) if (name := squeezed(word)) in WORDS.bands), None)


def is_known(text: str | None) -> bool:
    """Whether a text holds a band code, a wavelength or a word by which some convention names a band of Sentinel-2."""
    if not text:
        return False
    return (
        code_in(text) is not None
        or is_named_by_wavelength(text)
        or any(squeezed(word) in convention.bands for word in words_of(text) for convention in SENTINEL2)
    )


def read_bands(labels: Sequence[Label | str | None], about: Circumstances = Circumstances()) -> Reading:
    """Which bands the labels name, in whatever order and by whatever known convention.

    Labels that only count ("Band 1", "Band 2", …) are no names. Raises `MMEarthError`, which asks for `bands`, when the
    names are those of another mission, are read differently by several conventions, contradict a wavelength, or when
    two labels name one band.
    """
    known = [label if isinstance(label, Label) else Label(label) for label in labels]
    texts = without_count([label.text for label in known])
    known = [replace(label, text=text) for label, text in zip(known, texts, strict=True)]
    if is_counting([label.text for label in known]):
        known = [Label(None, label.wavelength or in_text(label.text or ""), label.width) for label in known]
    return _Reader(known, about).read()


class _Reader:
    """Reads the labels of one file."""

    def __init__(self, labels: Sequence[Label], about: Circumstances) -> None:
        self.about = about
        self.texts = [label.text or "" for label in labels]
        self.wavelengths = [
            label.wavelength or (in_text(text) if text else None)
            for label, text in zip(labels, self.texts, strict=True)
        ]
        self.by_wavelength = [
            None if w is None else band_at(w, label.width) for w, label in zip(self.wavelengths, labels, strict=True)
        ]
        self.ours = is_sentinel2(about.hints)

    def read(self) -> Reading:
        if not any(self.texts) and not any(self.by_wavelength):
            return Reading({})
        said = foreign_mission(self.about.hints)
        # Only Sentinel-2 has a B8A, whatever a file is called; of Landsat, HLS names files alike for both.
        narrow = any(code_in(text) == "B8A" for text in self.texts)
        if said is not None and (said[0] == "Landsat" or not narrow):
            raise self._foreign(said[0], f"'{said[1][:80]}'")
        codes = self._codes()
        words, convention = self._words([WORDS] if codes else SENTINEL2)
        found = codes | words
        if not found:
            if (named := self._named_foreign()) is not None:
                raise self._foreign(named[0], f"'{named[1]}'")
            return Reading(self._distinct(self._only_wavelengths()), WAVELENGTHS)
        if (named := self._named_foreign()) is not None and not self.ours and "B8A" not in found.values():
            raise self._foreign(named[0], f"'{named[1]}'")
        self._check_wavelengths(found)
        # Only Sentinel-2 has codes of bands in the red edge.
        ours = self.ours or any(_RED_EDGE.search(self.texts[position]) for position in codes)
        if codes and not words and not ours and not any(self.by_wavelength):
            reason = doubtful_codes(set(codes.values()), self.about.pixel)
            if reason is not None:
                raise MMEarthError(
                    f"{self.about.source} does not say that it is of Sentinel-2, and its bands"
                    f" ({', '.join(self.texts[i] for i in codes)}) may be another mission's: {reason}; if they are"
                    f" Sentinel-2's, {self.about.ask}."
                )
        return Reading(self._distinct(found), convention if words else None)

    # codes

    def _codes(self) -> dict[int, str]:
        found = {}
        for position, text in enumerate(self.texts):
            if not text or mission(text) is not None or (code := code_in(text)) is None:
                continue
            if contradicts(code, text):
                raise MMEarthError(
                    f"{self.about.source}: '{text}' is not what Sentinel-2 calls {code}, so its bands are those of"
                    f" another mission (Landsat?); if they are Sentinel-2's, {self.about.ask}."
                )
            found[position] = code
        return found

    def _named_foreign(self) -> tuple[str, str] | None:
        return next(((name, text) for text in self.texts if text and (name := mission(text)) is not None), None)

    # words

    def _words(self, conventions: Sequence[Convention]) -> tuple[dict[int, str], str]:
        """Position → band by the one of the conventions that knows most of the words, and its name."""
        spelled = {
            position: [squeezed(word) for word in words_of(text)]
            for position, text in enumerate(self.texts)
            if text and not has_code(text) and mission(text) is None
        }
        readings = {each.name: self._by(each, spelled) for each in conventions}
        most = max(map(len, readings.values()))
        others = {each.name: (each, self._by(each, spelled)) for each in OTHERS}
        self._refuse_others(most, list(others.values()))
        if not most:
            return {}, ""
        best = {name: reading for name, reading in readings.items() if len(reading) == most}
        # Capitals are no sign of a processor that writes its names so, small letters are one against it.
        named = [words_of(self.texts[position])[-1] for position in next(iter(best.values()))]
        small = any(letter.islower() for word in named for letter in word)
        capitals = {each.name for each in conventions if each.capitals}
        if small and set(best) - capitals:
            best = {name: reading for name, reading in best.items() if name not in capitals}
        elif small:  # some name B8A "broadnir", FORCE and others B08
            best |= {WORDS.name: readings[WORDS.name]}
        fitting = {name: reading for name, reading in best.items() if self._fits(reading)} or best
        distinct = {tuple(sorted(reading.items())): name for name, reading in reversed(fitting.items())}
        if len(distinct) > 1:
            raise MMEarthError(self._ambiguous(fitting))
        (reading, name), *_ = distinct.items()
        return dict(reading), name

    @staticmethod
    def _by(convention: Convention, spelled: Mapping[int, Sequence[str]]) -> dict[int, str]:
        named = {
            p: next((convention.bands[w] for w in words if w in convention.bands), None) for p, words in spelled.items()
        }
        return {position: band for position, band in named.items() if band is not None}

    def _fits(self, reading: Mapping[int, str]) -> bool:
        """Whether a reading agrees with the wavelengths that are stated."""
        return all(self.by_wavelength[p] == band for p, band in reading.items() if self.wavelengths[p] is not None)

    def _refuse_others(self, ours: int, others: Iterable[tuple[Convention, Mapping[int, str]]]) -> None:
        """Raises where another mission's names explain more, or as much and nothing speaks for Sentinel-2."""
        for convention, reading in others:
            more = len(reading) > max(ours, 2)
            as_much = len(reading) == ours >= 3 and not self.ours and not any(self.by_wavelength)
            own_size = not usual_pixel(self.about.pixel) and convention is self._of_this_size()
            own_words = any(name not in _EVERYBODYS for name in reading.values())
            if more or (as_much and (own_size or own_words)):
                listed = ", ".join(self.texts[position] for position in reading)
                raise MMEarthError(
                    f"{self.about.source} has bands named as those of {convention.name} ({listed}), not for certain"
                    f" Sentinel-2's; if they are, {self.about.ask}."
                )

    def _of_this_size(self) -> Convention:
        """The other mission whose pixels are nearest in size to these."""
        pixel = self.about.pixel or 0
        return min(
            (each for each in OTHERS if each.pixels),
            key=lambda each: min(abs(pixel - own) / own for own in each.pixels),
        )

    def _ambiguous(self, readings: Mapping[str, Mapping[int, str]]) -> str:
        positions = sorted({position for reading in readings.values() for position in reading})
        for position in positions:
            meant: dict[str, str] = {}
            for name, reading in readings.items():
                meant.setdefault(reading.get(position, "no band"), name)
            if len(meant) > 1:
                how = " and ".join(f"{band} for {name}" for band, name in meant.items())
                name = self.texts[position]
                return f"{self.about.source}: '{name}' is {how}, and the other names do not decide; {self.about.ask}."
        return f"{self.about.source}: its names are read in several ways; {self.about.ask}."

    # wavelengths

    def _only_wavelengths(self) -> dict[int, str]:
        """Position → band where no name says anything, when all wavelengths are Sentinel-2's, each once."""
        stated = {p: self.by_wavelength[p] for p, w in enumerate(self.wavelengths) if w is not None}
        found = {p: band for p, band in stated.items() if band is not None}
        if len(found) < len(stated) or len(set(found.values())) < len(found):
            odd = [w for p, w in enumerate(self.wavelengths) if w is not None and stated[p] is None]
            listed = ", ".join(f"{w:.0f}" for w in odd[:6]) or "several of one band"
            raise MMEarthError(
                f"{self.about.source} has wavelengths that are not Sentinel-2's ({listed} nm), so it is of another"
                f" mission; if it is Sentinel-2's, {self.about.ask}."
            )
        return found

    def _check_wavelengths(self, found: Mapping[int, str]) -> None:
        for position, band in found.items():
            wavelength = self.wavelengths[position]
            if wavelength is not None and self.by_wavelength[position] != band:
                meant = self.by_wavelength[position] or "no band of Sentinel-2"
                raise MMEarthError(
                    f"{self.about.source}: band {position + 1} '{self.texts[position]}' is named as {band} but has a"
                    f" wavelength of {wavelength:.0f} nm, which is {meant}; {self.about.ask}."
                )

    # outcome

    def _distinct(self, found: Mapping[int, str]) -> dict[str, int]:
        bands: dict[str, int] = {}
        for position, name in sorted(found.items()):
            if name in bands:
                raise MMEarthError(
                    f"{self.about.source} has two bands for {name} (band {bands[name] + 1}"
                    f" '{self.texts[bands[name]]}' and band {position + 1} '{self.texts[position]}'); {self.about.ask}."
                )
            bands[name] = position
        return bands

    def _foreign(self, name: str, where: str) -> MMEarthError:
        return MMEarthError(
            f"{self.about.source} is of {name} ({where}), not of Sentinel-2, and these models know Sentinel-2 only; if"
            f" that is wrong, {self.about.ask}."
        )


#: Words that say nothing about whose they are.
_EVERYBODYS = {
    "coastal",
    "coastalaerosol",
    "blue",
    "green",
    "red",
    "nir",
    "nearinfrared",
    "swir1",
    "swir2",
    "swir16",
    "swir22",
}
