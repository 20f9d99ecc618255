"""Where the map of each place of a working set lies, and all of them as one map."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.class_map import ClassMap, check_map
from mmearth_core.maps.together import MapsTogether
from mmearth_core.sources.alignment import of_one_place
from mmearth_core.sources.embedding import open_embedding
from mmearth_core.sources.working_set import PlaceOfWork, working_set_of
from mmearth_core.wording import counted, left_out

#: What tells the folder of a country that was collected, and its mosaics of maps.
COLLECTION, MOSAICS = "collection.json", "maps-*.vrt"


def map_of_place(folder: Path, name: str) -> Path:
    """The map of a place in the folder of those of all."""
    return folder / f"{name}.tif"


def files_of_places(output: str | Path, names: Sequence[str]) -> list[Path]:
    """Where what is made of places goes: the output itself of one place; of several a file each in that folder, which
    is made when it is not there. Raises `MMEarthError` when it is a file, or named like one."""
    output = Path(output)
    if len(names) == 1:
        return [output]
    if output.exists() and not output.is_dir():
        raise MMEarthError(f"{output} is a file; there are {len(names)} places, give a folder for their maps.")
    if output.suffix and not output.exists():
        raise MMEarthError(f"{output} is named like a file; there are {len(names)} places, give a folder.")
    output.mkdir(exist_ok=True)
    return [map_of_place(output, name) for name in names]


def new_maps_of_places(
    output: str | Path, names: Sequence[str], *, overwrite: bool, inputs: Iterable[str | Path | None]
) -> list[Path]:
    """As `files_of_places`, once it is sure that each of them can be made. Raises `MMEarthError` as `check_map` too."""
    inputs = tuple(inputs)
    return [check_map(each, overwrite=overwrite, inputs=inputs) for each in files_of_places(output, names)]


def maps_of(path: str | Path, working_set: str | Path | None = None) -> MapsTogether:
    """The map at a path; or the maps of all places of a working set, in the folder at the path; or the mosaics of a
    country, in the folder that mmearth collect has put together.

    Raises `MMEarthError` when a place has no map, or one of another place, or it is not known whose maps they are.
    """
    path = Path(path)
    if working_set is None:
        mosaics = sorted(path.glob(MOSAICS)) if (path / COLLECTION).is_file() else []
        if mosaics:
            return MapsTogether.of(path, {each.stem.removeprefix("maps-"): ClassMap.open(each) for each in mosaics})
        if path.is_dir():
            raise MMEarthError(
                f"{path} is a folder; name the working set whose places it has the maps of with `working_set`, or give"
                " one map."
            )
        return MapsTogether.alone(ClassMap.open(path))
    places = working_set_of(working_set).places
    if len(places) == 1 and not path.is_dir():
        class_map = ClassMap.open(path)
        _check_place(class_map, places[0], working_set)
        return MapsTogether.alone(class_map)
    if not path.is_dir():
        raise MMEarthError(
            f"{path} is no folder, and {working_set} has {counted(len(places), 'place')}; give the folder of their"
            " maps, as mmearth classify makes it of a working set."
        )
    if len(places) == 1:
        raise MMEarthError(f"{path} is a folder, and {working_set} has one place; give its map.")
    files = {place.name: map_of_place(path, place.name) for place in places}
    if lacking := [name for name, file in files.items() if not file.is_file()]:
        raise MMEarthError(
            f"{path} has no map of {', '.join(lacking)} ({', '.join(files[name].name for name in lacking)}), so nothing"
            f" can be said of all places; make the maps with: mmearth classify {working_set} MODEL.json -o {path}"
        )
    maps = {name: ClassMap.open(file) for name, file in files.items()}
    for place in places:
        _check_place(maps[place.name], place, working_set)
    others = sorted(each.name for each in path.glob("*.tif") if each not in files.values())
    strays = f"{left_out(len(others), 'raster', f'of no place of {Path(working_set).name}')} ({', '.join(others)})."
    told = [strays] if others else []
    return MapsTogether.of(path, maps, told)


def _check_place(class_map: ClassMap, place: PlaceOfWork, working_set: str | Path) -> None:
    """Refuse a map of other ground: its name alone says little."""
    if class_map.grid.crs is None:
        return  # which is refused where it is measured
    image = open_embedding(place.embeddings[0].embedding)
    if not of_one_place(class_map.grid, image.grid):
        raise MMEarthError(
            f"{class_map.path} lies elsewhere than {place.name or image.path} of {working_set}; make the map of that"
            " place."
        )
