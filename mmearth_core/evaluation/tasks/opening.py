"""Whatever holds a task: a folder of GEO-Bench, an .npz, a folder of GeoTIFFs. Finds its reader, reads nothing."""

from pathlib import Path

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.contract import TileTask
from mmearth_core.raster.scene import AS_IT_IS, SceneOptions


def open_task(path: str | Path, *, options: SceneOptions = AS_IT_IS) -> TileTask:
    """The task in a file or folder; `options` say what its tiles do not: level, and of GeoTIFFs offset and scale.

    Raises `MMEarthError` when it is none.
    """
    path = Path(path).absolute()
    if path.is_dir():
        if any(path.glob("*_partition.json")):
            from mmearth_core.evaluation.tasks.geobench import read_geobench  # noqa: PLC0415 - needs h5py

            return read_geobench(path)
        from mmearth_core.evaluation.tasks.folders import read_folder  # noqa: PLC0415 - loads the reader of scenes

        return read_folder(path, options=options)
    if path.suffix.lower() == ".npz" and path.is_file():
        from mmearth_core.evaluation.tasks.arrays import read_npz  # noqa: PLC0415 - only where one is read

        return read_npz(path, level=None if options.level == "auto" else options.level)
    if not path.exists():
        raise MMEarthError(
            f"{path} does not exist; give a task: a folder of GEO-Bench or of labelled tiles, or an .npz."
        )
    raise MMEarthError(f"{path} is no task; give a folder of GEO-Bench or of labelled tiles, or an .npz of tiles.")
