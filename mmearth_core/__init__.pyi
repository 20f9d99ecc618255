# Made by `make stub` from the functions themselves: change those, then make it again.
"""Representations of Sentinel-2 scenes with MP-MAE encoders, and maps from a few labels.

Each verb of the command line is one keyword-only function here, imported when first used:
`mmearth embed SCENE -o EMB.tif` is `mmearth_core.embed(scene=..., output=...)`. `__init__.pyi` shows them all.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path, PurePath
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.accuracy.reference_sample import SampleResult
from mmearth_core.accuracy.summary import AccuracyReport
from mmearth_core.country.collecting import CollectResult
from mmearth_core.country.planning import PlanResult
from mmearth_core.country.running import RunResult
from mmearth_core.country.searching import SearchResult
from mmearth_core.country.status import StatusResult
from mmearth_core.demonstration.run import DemoResult
from mmearth_core.embedding.conversion import ConvertResult
from mmearth_core.embedding.engine import EmbedResult
from mmearth_core.embedding.product import EmbeddingRaster as EmbeddingRaster
from mmearth_core.embedding.seams.check import SeamCheck
from mmearth_core.embedding.stac.collection import CatalogueResult
from mmearth_core.encoder.network import Encoder
from mmearth_core.encoder.weights import FetchResult, ModelList
from mmearth_core.errors import Cancelled as Cancelled
from mmearth_core.errors import EnvironmentFailure as EnvironmentFailure
from mmearth_core.errors import MMEarthError as MMEarthError
from mmearth_core.evaluation.evaluating import EvaluateResult
from mmearth_core.inspection import Description
from mmearth_core.labelling.changing.change import ChangeResult
from mmearth_core.labelling.classifying.map_files import ClassifyResult
from mmearth_core.labelling.clusters import ClusterResult
from mmearth_core.labelling.comparing.separability import SeparabilityResult
from mmearth_core.labelling.fitting import FitResult
from mmearth_core.labelling.similarity import SimilarResult
from mmearth_core.labelling.suggestions import SuggestResult
from mmearth_core.maps.outlines import OutlineResult
from mmearth_core.maps.tidying import TidyResult
from mmearth_core.pretraining.pretrain import PretrainResult
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.reports.reporting import ReportResult
from mmearth_core.sources.gathering import WorkingSetResult
from mmearth_core.tiles.build.build_tiles import BuildResult

__all__ = [
    "Cancelled",
    "EmbeddingRaster",
    "EnvironmentFailure",
    "MMEarthError",
    "__version__",
    "assess",
    "build_tiles",
    "catalogue",
    "change",
    "classify",
    "classify_scene",
    "cluster",
    "collect",
    "demo",
    "embed",
    "embed_array",
    "evaluate",
    "fit",
    "info",
    "load_encoder",
    "outline",
    "plan",
    "pretrain",
    "report",
    "run",
    "sample",
    "search",
    "separability",
    "similar",
    "status",
    "suggest",
    "tidy",
    "trust",
    "weights_check",
    "weights_convert",
    "weights_fetch",
    "weights_info",
    "weights_list",
    "working_set",
]
__version__: str

def embed(
    *,
    scene: str | Path | Sequence[str | Path],
    output: str | Path,
    model: str | Path = "default",
    bands: Sequence[str] | None = None,
    level: Literal["auto", "l1c", "l2a"] = "auto",
    offset: Literal["auto"] | float = "auto",
    scale: Literal["auto"] | float = "auto",
    window: tuple[int, int, int, int] | None = None,
    aoi: str | Path | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    bounds_crs: str | None = None,
    crs: str | None = None,
    mask: str | Path | None = None,
    mask_values: Sequence[int | str] | None = None,
    mask_bits: Sequence[int | str] | None = None,
    exclude_clouds: bool = False,
    backend: Literal["auto", "onnx", "torch"] = "auto",
    tile: int | None = None,
    halo: int | Literal["exact"] | None = None,
    resume: bool = True,
    overwrite: bool = False,
    preview: str | Path | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> EmbedResult:
    """Embed a Sentinel-2 scene: write a raster of 64 learned bands on the same 10 m grid.

    Args:
        scene: A multi-band raster, a .SAFE folder or zip, a folder or several single-band files, or a STAC item.
        output: The GeoTIFF to write. A STAC item and a QGIS style are written beside it.
        model: Name (see mmearth weights list) or file of a calibrated model.
        bands: What the raster's bands are, e.g. B02,B03,B04; by default read from their names.
        level: Processing level of the scene: l1c (top of atmosphere), l2a (surface reflectance), or auto: what its
            metadata say.
        offset: Digital numbers (reflectance × 10000) to add: -1000 (reflectance -0.1) for products of baseline 04.00
            and later, or 0.
        scale: Reflectance of one raw unit, e.g. 0.0001.
        window: Part of the scene in pixels: column, row, width, height.
        aoi: Vector file; only pixels inside its polygons are embedded.
        bounds: Part of the scene by coordinates: min x, min y, max x, max y; every pixel that it touches.
        bounds_crs: Coordinate reference system of bounds, e.g. EPSG:4326 (x is the longitude); by default the scene's.
        crs: Coordinate reference system of a scene whose file has none, e.g. EPSG:32632.
        mask: Raster of pixels to leave out, e.g. clouds.
        mask_values: Values of the mask that mean "leave out", or ranges such as 40-100; by default what a known mask
            (SCL, Fmask of HLS, MAJA, Landsat, Planet) calls cloud, else all but 0.
        mask_bits: Bits of the mask that mean "leave out", if it is a bit field: numbers from 0, or names that its
            product has for them, such as cloud.
        exclude_clouds: Leave out what the product's scene classification calls cloud, shadow or cirrus.
        backend: What runs the model: onnx (CPU), torch (GPU), or what suits the machine.
        tile: Side in pixels of what is computed at once; by default the most economic within 2 GB of memory.
        halo: Context in pixels around each tile; by default what the model needs to be exact within one step.
        resume: Go on with an interrupted run of the same command; an output that this very command made is kept and
            told as its result.
        overwrite: Replace an output that exists.
        preview: Folder for pictures of the finished tiles, while it runs: `.vrt` files of the first three bands.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished tiles are kept.

    Raises:
        MMEarthError: The input cannot be used; nothing is left behind.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """

def working_set(
    *,
    embeddings: Sequence[str | Path],
    output: str | Path,
    dates: Sequence[date | None] = (),
    names: Sequence[str] = (),
    layers: Sequence[str | Path] = (),
    samples: Sequence[str | Path] = (),
    field: str = "class",
    skip_places: bool = False,
    overwrite: bool = False,
) -> WorkingSetResult:
    """Put embeddings of dates and places together with layers and samples, as a small file that the other verbs take.

    Embeddings that share half of the smaller one are dates of one place. Names in the file are relative to it.

    Args:
        embeddings: Embedding rasters.
        output: The working set to write (JSON).
        dates: Day each image was taken, in the order of the embeddings; by default, and where it is none, what the item
            beside each tells.
        names: What each image is called, in the order of the embeddings; by default as its file. A place is called by
            what the names of its images begin with.
        layers: Rasters to learn from too, such as heights, slopes or radar in decibels, by their first band; each must
            reach into every place, or `skip_places` says to go on without those.
        samples: Vector files of samples; each belongs to the places it reaches into.
        field: Attribute of the samples that holds the class.
        skip_places: Leave out the places that one of the layers has no value in, and samples that lie in those alone.
        overwrite: Replace an output that exists.

    Raises:
        MMEarthError: An input is unusable, lies elsewhere, or is given twice, or two layers have one name.
    """

def fit(
    *,
    embeddings: Sequence[str | Path],
    samples: Sequence[str | Path] = (),
    output: str | Path,
    field: str = "class",
    layer: str | None = None,
    dates: Literal["vote", "together"] = "vote",
    unlabelled: int = 2000,
    prior: Literal["tempered", "none"] = "tempered",
    block: float | None = None,
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> FitResult:
    """Fit a probe on the labelled pixels of one or several scenes, validate it by places, and write it as JSON.

    The same input and seed give the same file.

    Args:
        embeddings: Embedding rasters of one model, or working sets, whose places have dates, layers and samples.
        samples: Vector file of polygons, lines or points with a class (any CRS), one for each embedding, in the same
            order; each lies on its embedding. None for working sets that name their samples.
        output: The probe to write (JSON).
        field: Attribute that holds the class: text, or numbers, of which 1 … 254 are the values of the map too.
        layer: Layer of the vector files; by default their only one.
        dates: How several dates decide together: each with a probe of its own, which vote, or with all bands in one
            probe, at pixels that every date has.
        unlabelled: Pixels without a label to learn from as well, drawn from all embeddings together; 0 for none.
        prior: What to make of how many of them each class has: tempered lets common classes win doubtful pixels, a
            little; none treats all classes alike. Without such pixels it is none.
        block: Metres within which samples count as one place, which validation never has in training and test at once;
            by default what the model sees around a pixel, less where that would leave too few places.
        seed: Start of the random numbers; the same seed gives the same result.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable; nothing is written then.
    """

def separability(
    *,
    embeddings: Sequence[str | Path],
    samples: Sequence[str | Path] = (),
    output: str | Path | None = None,
    field: str = "class",
    layer: str | None = None,
    dates: Literal["vote", "together"] = "vote",
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SeparabilityResult:
    """Say how well the classes of some samples can be told apart on their embedding, two by two, and which samples are
    unlike the others of their class.

    The Jeffries–Matusita distance of two classes is 0 where they are the same and 2 where they are never mixed up;
    below 1 a map will mix them up. It takes them for normally distributed, so validation (fit) has the last word. A
    class with fewer than two samples is too few.

    Args:
        embeddings: Embedding rasters of one model, or working sets.
        samples: Vector file of polygons, lines or points with a class (any CRS), one for each embedding, in the same
            order. None for working sets that name their samples.
        output: A table to write, too (CSV).
        field: Attribute that holds the class.
        layer: Layer of the vector files; by default their only one.
        dates: How several dates decide together, as in fit: each by itself, of which the one counts that tells two
            classes apart best, or all in one.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable, or there is one class only; nothing is written then.
    """

def classify(
    *,
    embedding: str | Path,
    model: str | Path,
    output: str | Path,
    confidence: str | Path | None = None,
    unknown: float | None = None,
    smooth: Literal["none", "edges", "strong"] = "edges",
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ClassifyResult:
    """Write the class map of an embedding raster: paletted uint8, 0 no-data, class values of the probe's legend.

    Any scene may be classified with a probe fitted on others, when one encoder made their embeddings.

    Args:
        embedding: Embedding raster, or working set. Images stand for the dates the probe learned by the day of the
            year; a date that a pixel lacks does not vote.
        model: Probe made by mmearth fit (JSON).
        output: The map to write (GeoTIFF); its class names and a QGIS style are written beside it. For several places
            a folder, in which each map has its place's name.
        confidence: Raster to write as well: the probability of each pixel's class and its margin over the second, two
            uint8 bands whose scale and offset give 0 … 1; by default none. For several places another folder.
        unknown: Share, from 0 to below 1, of the training pixels: what is more remote from every class than all but
            this share of them gets value 255, "unknown"; by default every pixel gets a class.
        smooth: How much its neighbours say in a pixel's class: none, edges (those within 2 pixels, where no edge lies
            between: roads and rivers stay) or strong (within 3, also across faint edges: what is a pixel wide may go).
            The confidence is that of the smoothed probabilities.
        overwrite: Replace existing outputs.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable or of another model, or an output exists; nothing is left then but the maps
            of places that were finished.
    """

def classify_scene(
    *,
    scene: str | Path | Sequence[str | Path],
    model: str | Path,
    output: str | Path,
    confidence: str | Path | None = None,
    unknown: float | None = None,
    smooth: Literal["none", "edges", "strong"] = "edges",
    encoder: str | Path = "default",
    bands: Sequence[str] | None = None,
    level: Literal["auto", "l1c", "l2a"] = "auto",
    offset: Literal["auto"] | float = "auto",
    scale: Literal["auto"] | float = "auto",
    window: tuple[int, int, int, int] | None = None,
    aoi: str | Path | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    bounds_crs: str | None = None,
    crs: str | None = None,
    mask: str | Path | None = None,
    mask_values: Sequence[int | str] | None = None,
    mask_bits: Sequence[int | str] | None = None,
    exclude_clouds: bool = False,
    backend: Literal["auto", "onnx", "torch"] = "auto",
    tile: int | None = None,
    halo: int | Literal["exact"] | None = None,
    resume: bool = True,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ClassifyResult:
    """Write the class map of a Sentinel-2 scene at once, without the embedding, which takes far more disk than the map.

    The map is that of embed and classify, up to pixels that two classes suit alike: where a tile ends, numbers may
    differ by one step of an embedding. Keep the embedding instead where samples are still to be drawn.

    Args:
        scene: A multi-band raster, a .SAFE folder or zip, a folder or several single-band files, or a STAC item.
        model: Probe made by mmearth fit (JSON), of embeddings by the encoder alone: no other layers.
        output: The map to write (GeoTIFF); its class names and a QGIS style are written beside it.
        confidence: Raster to write as well: the probability of each pixel's class and its margin over the second, two
            uint8 bands whose scale and offset give 0 … 1; by default none.
        encoder: Name (see mmearth weights list) or file of the calibrated model that the probe's embeddings are by.
        tile: Side in pixels of what is computed at once; by default the most economic within 2 GB of memory.
        resume: Go on with an interrupted run of the same command; a map that this very command made is kept and told
            as its result.
        overwrite: Replace existing outputs.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished tiles are kept.
        others: As for `embed` and `classify`.

    Raises:
        MMEarthError: An input cannot be used, or an output exists; nothing is left behind.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """

def similar(
    *,
    embedding: str | Path,
    output: str | Path,
    at: tuple[float, float] | None = None,
    at_crs: str | None = None,
    like: str | Path | None = None,
    layer: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SimilarResult:
    """Write how alike the embedding of every pixel is to that of a place, or to the mean under some features.

    Cosine similarity, -1 … 1 in steps of 0.008: a uint8 GeoTIFF on the embedding's grid with scale and offset, no-data
    0, and a QGIS style beside it. Either `at` or `like` says what to look for.

    Args:
        embedding: Embedding raster, or working set. Of several places what is looked for may lie in any of them.
        output: The raster to write (GeoTIFF). For several places a folder, in which each raster has its place's name.
        at: A place by its coordinates x, y.
        at_crs: Coordinate reference system of `at`; by default that of the embedding, or of the place that it lies in.
        like: Vector file of polygons, lines or points that show what to look for (any CRS).
        layer: Layer of the vector file; by default its only one.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: Both or neither of `at` and `like` are given, they hit no valid pixel, or the coordinates mean
            more than one place.
    """

def cluster(
    *,
    embedding: str | Path,
    output: str | Path,
    k: int,
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ClusterResult:
    """Group the pixels of an embedding raster into clusters and write them as a paletted map.

    Mini-batch k-means (Sculley 2010) on at most 200 000 pixels of random blocks, then every pixel to the nearest
    centre. Values 1 … k are named "cluster 1" …, from the largest to the smallest.

    Args:
        embedding: Embedding raster, or working set. The places of one have the same clusters.
        output: The map to write (GeoTIFF, uint8); its class names and a QGIS style are written beside it. For several
            places a folder, in which each map has its place's name.
        k: Number of clusters, 2 to 254.
        seed: Start of the random numbers, 0 or more; the same seed gives the same map.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: `k` or `seed` is out of range, or the embedding has fewer than k different pixels.
    """

def suggest(
    *,
    embedding: str | Path,
    model: str | Path,
    output: str | Path,
    n: int = 20,
    seed: int = 0,
    samples: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SuggestResult:
    """Choose places whose label would teach the probe most, and write them as points, best first.

    Uncertainty is 1 − margin (probability of the best class minus that of the second), averaged over 3 × 3 pixels, so
    that single mixed pixels do not win over whole areas. Places are taken one by one, each with the largest
    uncertainty × distance in embedding space to the nearest class centre of the training or earlier suggestion
    (farthest-first, Gonzalez 1985), at least 10 pixels from earlier ones. Fields: rank, class (empty, to be filled),
    predicted, second, margin.

    Args:
        embedding: Embedding raster, or working set. All its places compete for the points, which have the field place
            where there are several; their coordinates are degrees where the places are of several systems.
        model: Probe made by mmearth fit (JSON).
        output: The points to write: .gpkg, .geojson, .shp or .fgb.
        n: Number of points, over all places.
        seed: Decides between equals; the same seed gives the same points.
        samples: Vector file of what is labelled already: no point comes within 10 pixels of it.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: Input is unusable, the probe is of another encoder, or there is no place to suggest.
    """

def sample(
    *,
    map: str | Path,
    output: str | Path,
    n: int,
    seed: int = 0,
    min_per_class: int | None = None,
    working_set: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SampleResult:
    """Draw random pixels of a class map, stratified by class, as points to be labelled blind.

    The points are pixel centres in random order with the fields id, class (empty), stratum (the map's value),
    stratum_px and stratum_ha (its size in pixels and hectares), map_digest and seed. Classes get points in proportion
    to their area, but at least `min_per_class`. Of a working set, the classes over all places are sampled together, and
    the points have the field place; their coordinates are degrees where the places' maps are of several systems.

    Args:
        map: Map made by mmearth classify, or any raster of whole numbers; of a working set of several places the folder
            of their maps, as classify makes it.
        output: The points to write: .gpkg, .geojson, .shp or .fgb.
        n: Number of points.
        seed: Start of the random numbers; the same map, numbers and seed give the same points.
        min_per_class: Points that each class gets at least; by default 50, or half of an equal share when there are too
            few points for that.
        working_set: Working set whose places the folder has the maps of.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: The map is unusable, the number of points does not suit it, or the output cannot be made.
    """

def assess(
    *,
    map: str | Path,
    reference: str | Path,
    field: str = "class",
    layer: str | None = None,
    output: str | Path | None = None,
    working_set: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> AccuracyReport:
    """Accuracy of a class map and areas of its classes, estimated from reference points, or agreement inside polygons.

    Points of mmearth sample bring their strata; other points are weighted by the map's classes, which is right for
    simple, systematic and so stratified random samples (Olofsson et al. 2014). Shares are given as 0 … 1 with 95 %
    intervals, areas in hectares. Points without a class, outside the map or on no-data are left out and counted in the
    warnings. Of a working set the maps of all places are one map, and ground that two of them show counts once.

    Args:
        map: Map made by mmearth classify, or any raster of whole numbers; of a working set of several places the folder
            of their maps, as classify makes it.
        reference: Vector file of reference points or polygons (any CRS), of all places.
        field: Attribute that holds the class: names, or the map's values.
        layer: Layer of the vector file; by default its only one.
        output: File for the report as JSON; by default none.
        working_set: Working set whose places the folder has the maps of.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: Map or reference is unusable, no unit remains, a class is unknown to the map, or a place has no
            map.
    """

def tidy(
    *,
    map: str | Path,
    output: str | Path,
    min_area: Sequence[str] = ("0.1",),
    majority: int = 1,
    keep: Sequence[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> TidyResult:
    """Fill areas of a class map that are too small with the class they have the longest border with.

    An area is what touches by sides or corners, so a river of one pixel's width is one area, however it runs. Areas are
    measured on the ground. Names, colours and origin are kept, and the map says what was done to it. No-data stays
    no-data, and an area that has nothing but no-data and kept classes around it stays.

    Args:
        map: Class map, also one of another program.
        output: The map to write (GeoTIFF).
        min_area: Hectares that an area must have, as 0.1, and for single classes, as forest=0.5.
        majority: First, every pixel gets the commonest class of so many pixels on a side around it: 3, 5, …; 1 leaves
            that out. It also removes what is thin, such as rivers and roads.
        keep: Classes that neither lose nor win a pixel.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: The map is unusable, a class is not on it, or the output exists; nothing is left then.
    """

def change(
    *,
    before: str | Path,
    after: str | Path,
    model: str | Path,
    output: str | Path,
    distance: str | Path | None = None,
    matrix: str | Path | None = None,
    smooth: Literal["none", "edges", "strong"] = "edges",
    sure: float | None = None,
    most: int = 252,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ChangeResult:
    """Map what became what between two dates or years of a place, with one probe on both.

    Paletted uint8: 0 no-data, 1 no change, then a value for each change that occurs, the largest first, in the colour
    of what the land is now; 254 other change, 255 unsure. Errors of both dates show as change: how much really changed,
    with a 95 % interval, tell sample and assess, which take this map.

    Args:
        before: Embedding raster, or working set. The map has its grid; of several places each has a map, in the same
            classes.
        after: The same places later, by the same model, in any order. Elsewhere than `before` nothing is compared, and
            of a pixel only images that both have.
        model: Probe made by mmearth fit (JSON).
        output: The map to write (GeoTIFF); its class names and a QGIS style are written beside it. For several places
            a folder, in which each map has the name of its place before.
        distance: Raster to write as well: the cosine distance of the two embeddings, 0 alike … 2, in a uint8 band with
            scale and offset; it needs no classes to be right. By default none. For several places another folder.
        matrix: Table to write as well, CSV: hectares of each class before (rows) and after (columns), over all places;
            by default none.
        smooth: How much its neighbours say in a pixel's class, on each date: none, edges or strong, as in classify.
        sure: Probability, up to 0.99, that a pixel's class must have on both dates to count as changed; else it is
            unsure. By default all count.
        most: Changes that get a value of their own; the rest is "other change".
        overwrite: Replace existing outputs.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable, the embeddings are of different models or places, or an output exists;
            nothing is left then.
    """

def outline(
    *,
    raster: str | Path,
    output: str | Path,
    at_least: float | None = None,
    min_pixels: int = 1,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> OutlineResult:
    """Write the areas of a class map as polygons with their class, or those of a raster that reach a value.

    Args:
        raster: Class map, or any raster (its first band) with at_least.
        output: The polygons to write: .gpkg, .geojson, .shp or .fgb.
        at_least: Value that a pixel must reach, in the raster's own units, e.g. a similarity of 0.8; by default the
            raster is a class map.
        min_pixels: Areas of fewer pixels are left out; 1 keeps all.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: The raster is unusable or too large, or no pixel is left.
    """

def report(
    *,
    map: str | Path,
    output: str | Path,
    title: str | None = None,
    scene: str | Path | None = None,
    embedding: str | Path | None = None,
    samples: str | Path | None = None,
    field: str = "class",
    reference: str | Path | None = None,
    reference_field: str = "class",
    confidence: str | Path | None = None,
    block: float | None = None,
    language: Literal["en", "de", "fr"] = "en",
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ReportResult:
    """Write an HTML page about a class map: pictures, areas, accuracy, and where it comes from.

    Args:
        map: The class map; of a working set of several places the folder of their maps, as classify makes it.
        output: The page to write (.html); it needs no other file.
        title: Heading of the page; by default the name of the map.
        scene: The Sentinel-2 raster, to be shown beside the map.
        embedding: The embedding raster the map was made of, on the same grid, or the working set: its origin, and the
            validation with samples.
        samples: The polygons it was learned from; they are drawn on the scene, and validated with the embedding. By
            default those that the working set names.
        field: Field of the samples that holds the class.
        reference: Reference points or polygons, for the accuracy.
        reference_field: Field of the reference that holds the class.
        confidence: Raster of the classification's confidence, on the map's grid; of several places the folder.
        block: Metres within which samples count as one place in the validation, as in fit.
        language: Of what the page says, and of its numbers.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable; nothing is left then.
    """

def catalogue(
    *,
    folder: str | Path,
    licence: str = "proprietary",
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> CatalogueResult:
    """Describe a folder of embedding rasters as STAC Collections, one for each model and processing level.

    Writes `ID.collection.json` into the folder and links it from the items that embed wrote beside the rasters.

    Args:
        folder: Folder of embedding rasters with their items.
        licence: Under which the embeddings may be used, as an SPDX identifier such as CC-BY-4.0.
        overwrite: Replace Collections that exist.
        progress: Receives progress; silent by default.
        cancel: Set it to stop.

    Raises:
        MMEarthError: There is no embedding in the folder, or an item is damaged.
    """

def plan(
    *,
    output: str | Path,
    area: str | Path | None = None,
    scenes: Sequence[str | Path] = (),
    dates: str | None = None,
    max_cloud: float = 20.0,
    catalog: str = "https://earth-search.aws.element84.com/v1",
    collection: str = "sentinel-2-l2a",
    best_of: int = 1,
    split: int | None = None,
    model: str | Path = "default",
    picture: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> PlanResult:
    """Plan which scenes are embedded to cover an area, and which ground of each, so that every place is made once.

    Scenes of a catalogue are found, those at hand looked at; no pixel is embedded, and of a catalogue none is read.
    Where scenes overlap they are cut in the middle, so that each is used far from its edge.

    Args:
        output: The plan to write (GeoParquet; QGIS opens it).
        area: What is to be covered: a vector file of polygons, or west,south,east,north in degrees; by default all that
            the scenes show.
        scenes: Scenes at hand instead of a catalogue: folders, rasters or products.
        dates: First and last day, such as 2023-06-01/2023-08-31, of scenes of a catalogue.
        max_cloud: Percent of clouds that a scene of a catalogue may have.
        catalog: Address of a STAC API.
        collection: Which of its collections.
        best_of: How many scenes are embedded of each place, the least clouded first; in a map of run they vote.
        split: Pixels of a side, a multiple of 256, beyond which a scene is done in parts by several workers, which
            collect puts together again; by default none is.
        model: Name or file of the model, for the bands that are needed.
        picture: A picture to draw as well (SVG): the area, scenes by zone, where they are cut, and what is missing.
        overwrite: Replace outputs that exist.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: There is no scene, or the area or an option is unusable; nothing is written then.
        EnvironmentFailure: The catalogue cannot be reached.
    """

def run(
    *,
    plan: str | Path,
    output: str | Path,
    steps: Literal["embed", "embed,classify"] = "embed",
    probe: str | Path | None = None,
    drop_embeddings: bool = False,
    chips: bool = False,
    zarr: bool = False,
    model: str | Path = "default",
    smooth: Literal["none", "edges", "strong"] = "edges",
    exclude_clouds: bool = False,
    backend: Literal["auto", "onnx", "torch"] = "auto",
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
    threads: int = 2,
    memory: str = "4 GiB",
    retries: int = 3,
    scratch: str | Path | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> RunResult:
    """Embed and map the scenes of a plan; run again, it goes on with what is left.

    Of every scene the item is written last: where it is, all is. Scenes that cannot be used are listed and the others
    go on; what the machine fails at is tried again.

    Args:
        plan: Plan made by mmearth plan.
        output: Folder, or s3://bucket/folder, for what is made: embeddings, maps, confidence, and their items.
        steps: What is done with every scene.
        probe: Probe made by mmearth fit, for classify.
        drop_embeddings: Keep the maps only: the embeddings of a country take more money than their computing.
        chips: Make the mean vector of every square of 320 m as well, which mmearth search looks through.
        zarr: Make a Zarr store (version 3) of every embedding as well; needs the extra `zarr`.
        model: Name or file of the model; a file must be there for every worker.
        smooth: Smoothing of the maps, as in classify.
        exclude_clouds: Leave out what the scenes' own classification calls cloud, shadow or cirrus.
        backend: What runs the model.
        workers: Processes on this machine; by default one for each two processors. 1 needs no Dask.
        scheduler: Address of a Dask scheduler (tcp://…) whose workers do it, instead.
        shard: Part of the plan, such as 0/8 … 7/8: for arrays of jobs, which need no Dask.
        threads: Processors that a worker uses.
        memory: Memory of a worker on this machine, beyond which Dask restarts it.
        retries: How often what the machine failed at is tried again.
        scratch: Folder of the working machine for what is not finished; by default within the output.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; what is finished stays, and the same command goes on.

    Raises:
        MMEarthError: Plan, probe or options are unusable.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """

def status(*, output: str | Path) -> StatusResult:
    """Say how far a run is.

    Args:
        output: Folder or address that mmearth run writes to.

    Raises:
        MMEarthError: There is no run.
        EnvironmentFailure: The place cannot be reached.
    """

def collect(*, output: str | Path, name: str = "country", licence: str = "proprietary") -> CollectResult:
    """Describe what a run has made as one: a STAC Collection, mosaics that open like one raster, areas of classes.

    Writes collection.json, for each kind and UTM zone a mosaic (VRT, in which nothing is copied), areas.csv, and of a
    run with chips their table. What is not done yet is left out, and said; collect again when it is.

    Args:
        output: Folder or address that mmearth run writes to.
        name: The id of the Collection.
        licence: Under which it may be used, as an SPDX identifier such as CC-BY-4.0.

    Raises:
        MMEarthError: There is no run, or nothing of it is done.
        EnvironmentFailure: The place cannot be reached.
    """

def search(
    *,
    chips: str | Path,
    like: str | Path,
    output: str | Path,
    n: int = 100,
    inside: bool = False,
    overwrite: bool = False,
) -> SearchResult:
    """Find the squares of 320 m that are most like some ground, in all of a run.

    Args:
        chips: Table of chips that mmearth collect makes of a run with chips.
        like: The example: a vector file of polygons, or west,south,east,north in degrees.
        output: Vector file to write (GeoPackage or GeoJSON): the squares, best first, with how alike each is.
        n: How many squares.
        inside: Find squares of the example itself too.
        overwrite: Replace an output that exists.

    Raises:
        MMEarthError: The example lies on no square, or an input is unusable.
    """

def weights_list() -> ModelList:
    """All models with a name: size, patch, what they were trained on, and whether they are on this machine."""

def weights_fetch(
    *,
    model: str,
    sha256: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> FetchResult:
    """Download an official checkpoint, going on where an earlier attempt stopped.

    The first download is checked by its size, its archive's checksums and, with torch, by a strict parse; its sha256 is
    pinned then, which is said, and later downloads must have the same.

    Args:
        model: Name of a model, as mmearth weights list prints it.
        sha256: The digest that the file must have, 64 hexadecimal digits, where you know it from elsewhere.
        overwrite: Download again what is already there.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; what arrived is kept.

    Raises:
        MMEarthError: The name is unknown, or what the server sends is not the checkpoint.
        EnvironmentFailure, Cancelled: Network or disk failed, or it was cancelled; what arrived is kept.
    """

def weights_convert(
    *,
    model: str | Path,
    calibrate: Sequence[str | Path] = (),
    output: str | Path | None = None,
    name: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ConvertResult:
    """Turn official weights into ours: `NAME.safetensors` and, calibrated on scenes, `NAME.onnx`.

    Args:
        model: Registry name of a fetched model, or a checkpoint file.
        calibrate: Scenes (as `embed` takes them) that show what the model will meet: varied land cover, both levels,
            hundreds of pixels wide, since near a border the network sees less.
        output: Folder for the files; by default where models with a name are kept.
        name: Name of the model; by default the registry name or the file's.
        overwrite: Replace existing files.
        progress: Receives progress; silent by default.
        cancel: Set it to stop.

    Raises:
        MMEarthError: The weights or a scene cannot be used; nothing is written.
    """

def weights_check(
    *,
    model: str | Path,
    scene: str | Path,
    places: int = 3,
    bands: Sequence[str] | None = None,
    level: Literal["auto", "l1c", "l2a"] = "auto",
    offset: Literal["auto"] | float = "auto",
    scale: Literal["auto"] | float = "auto",
    backend: Literal["auto", "onnx", "torch"] = "auto",
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SeamCheck:
    """Measure whether the tiles of an encoder join: the same places, computed in different tiles.

    Args:
        model: Name (see mmearth weights list) or file of a model, ours or of others with a card.
        scene: A scene, as embed takes it, that shows what the model will meet.
        places: At how many places of the scene.
        bands: What the raster's bands are, e.g. B02,B03,B04; by default read from their names.
        level: Processing level of the scene: l1c (top of atmosphere), l2a (surface reflectance), or auto: what its
            metadata say.
        offset: Digital numbers (reflectance × 10000) to add: -1000 (reflectance -0.1) for products of baseline 04.00
            and later, or 0.
        scale: Reflectance of one raw unit, e.g. 0.0001.
        backend: What runs the model: onnx (CPU), torch (GPU), or what suits the machine.
        progress: Receives progress; silent by default.
        cancel: Set it to stop.

    Raises:
        MMEarthError: The model cannot be used, or the scene is too small or has no ground.
        Cancelled: It was stopped.
    """

def weights_info(*, model: str) -> Description:
    """Say what a model is: where it comes from, its bands, licence and citation, and what of it is on this machine.

    Args:
        model: Name of a model, or path of its file.

    Raises:
        MMEarthError: It is neither a known name nor a model file.
    """

def build_tiles(
    *,
    specification: str | Path,
    output: str | Path,
    size: Literal[64, 128] = 64,
    stride: int | None = None,
    valid: float = 0.9,
    limit: int | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> BuildResult:
    """Make a dataset for pretraining from your own rasters: Sentinel-2 and whatever else is known of the same places.

    The specification lists sites: each has a Sentinel-2 scene, best of all twelve bands, and, where there is one, radar
    (`sentinel1`), `elevation`, `land_cover`, `canopy_height`, `date`, `era5`, `biome` and `eco_region`, and features of
    other networks (`teachers`). Rasters in another grid or coordinate system are laid over the scene's. See
    docs/pretraining.md for every key.

    Args:
        specification: A YAML file with `sites:`, a STAC item, a list of items, or an ItemCollection.
        output: The folder to make; the files in it are named after it.
        size: Side of a tile in pixels.
        stride: Pixels from one tile to the next; by default the size, so that tiles do not overlap.
        valid: Share of a tile's Sentinel-2 pixels that must be valid.
        limit: Number of tiles at most, spread evenly over all sites.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished tiles are kept.

    Raises:
        MMEarthError: The input cannot be used. Nothing is left behind unless a value that only a tile showed is wrong:
            then the tiles before it are kept, and the same call goes on once the file is mended.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """

def pretrain(
    *,
    config: str | Path,
    output: str | Path,
    set: Sequence[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> PretrainResult:
    """Pretrain an encoder on tiles as a configuration says; the run folder holds everything it makes.

    The same command goes on with an interrupted run exactly where it was; a finished run is left as it is. Started by
    torchrun, several processes train together.

    Args:
        config: YAML file with the settings of the run.
        output: Folder of the run.
        set: Settings that replace those of the file, as optimiser.epochs=3.
        overwrite: Remove the run that is in the folder and start afresh.
        progress: Receives progress; silent by default.
        cancel: Set it to stop after the present step.

    Raises:
        MMEarthError: The configuration or data cannot be used, or training broke down (the last good state is kept).
        EnvironmentFailure: The machine failed; the run can go on from its last checkpoint.
        Cancelled: `cancel` was set; the run can go on from where it was.
    """

def evaluate(
    *,
    tasks: Sequence[str | Path],
    output: str | Path,
    models: Sequence[str] = (),
    protocols: Sequence[
        Literal["knn5", "linear", "segment-linear", "linear-paper", "finetune-paper", "finetune", "segment-unet"]
    ] = (),
    partitions: Sequence[float] = (1.0,),
    seeds: int = 1,
    features: Literal["embedding", "last-map"] = "embedding",
    epochs: int | None = None,
    level: Literal["auto", "l1c", "l2a"] = "auto",
    offset: Literal["auto"] | float = "auto",
    scale: Literal["auto"] | float = "auto",
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> EvaluateResult:
    """Judge encoders on labelled tiles: tables with intervals, controls and label-efficiency curves.

    In every table stand a random encoder of the same architecture, the bands' mean and spread in 5 × 5 pixels, the
    bands, and statistics of the tile, all with the same treatment. Where networks are trained, the random encoder is,
    and of controls without a network a linear layer by the same recipe; beside segment-unet these are judged by
    segment-linear, and named so. Each cell of a table is a file in the folder; what is there is not computed again.

    Args:
        tasks: Folders of GEO-Bench 1.0, .npz files of labelled tiles, or folders of labelled GeoTIFFs.
        output: Folder for cells, results.json, results.csv, report.html and report.md; made if need be.
        models: Names or files of models, or NAME=FILE; by default every model with a name that is on this machine.
        protocols: How they are judged; by default knn5 and linear, of pixels segment-linear. Each is for its kind of
            task and passes over others.
        partitions: Shares of the training labels, 0 to 1; GEO-Bench has 0.01, 0.02, 0.05, 0.1, 0.2, 0.5 and 1.
        seeds: How often what is drawn is drawn: places of the parts, labels of a share, random encoders.
        features: What of an encoder is judged while it is frozen: the bands of its embedding, by mean and spread over a
            tile, or the mean of its last map, as published comparisons do.
        epochs: Epochs of the protocols that train, instead of their own; the tables then name it with the protocol.
        level: Processing level of tiles that do not say it, l1c or l2a.
        offset: DN to add to tiles of GeoTIFFs that do not say it, 0 or -1000.
        scale: Reflectance per unit of GeoTIFFs that do not say it.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished cells are kept.

    Raises:
        MMEarthError: A task or a model cannot be used, or nothing is left to judge.
        EnvironmentFailure, Cancelled: The machine failed or it was cancelled; finished cells are kept.
    """

def demo(
    *,
    output: str | Path = "demo-output",
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> DemoResult:
    """See it work: a synthetic scene with sample polygons is embedded, fitted, classified, assessed and reported.

    Args:
        output: Folder for everything, created if need be.
        seed: Chooses the landscape, the samples and the reference points.
        overwrite: Replace the files of an earlier demo in that folder.
        progress: Receives progress; silent by default.
        cancel: Set it to stop.

    Raises:
        MMEarthError: The folder is not empty, or cannot be made.
        EnvironmentFailure, Cancelled: The work stopped.
    """

def info(*, file: str | Path) -> Description:
    """Say what a file is, what it holds, and what to do with it next.

    Args:
        file: Scene, embedding raster, map, any other raster, probe, working set, report of accuracy, model, vector file
            or STAC item.

    Raises:
        MMEarthError: The file is missing, damaged or none of these.
    """

def embed_array(
    *,
    dn: NDArray[np.number],
    bands: Sequence[str],
    level: Literal["l1c", "l2a"],
    valid: NDArray[np.bool_] | None = None,
    model: str | Path = "default",
    backend: Literal["auto", "onnx", "torch"] = "auto",
) -> NDArray[np.float32]:
    """Embedding of an array of pixels, before quantisation.

    The array is treated as a whole raster: nothing outside it is known.

    Args:
        dn: Pixels (k, H, W) in reflectance × 10000 with the product's offset removed; NaN where a band is missing.
        bands: Names of the k bands: B02, B03, …
        level: Processing level of the pixels, l1c or l2a.
        valid: Which pixels (H, W) hold a measurement; by default those where any band is not 0.
        model: Name (see mmearth weights list) or file of a calibrated model.
        backend: What runs the model: onnx (CPU), torch (GPU), or what suits the machine.

    Returns:
        (D, H, W) float32; invalid pixels are NaN.

    Raises:
        MMEarthError: The bands do not suffice, or the model cannot be used.
    """

def load_encoder(name_or_path: str | Path) -> Encoder:
    """An encoder in evaluation mode, with its `header` (bands, statistics, provenance) attached. Needs torch.

    Its `forward_maps` gives the four maps at strides p/8, p/4, p/2 and p of a normalised (N, C, H, W) input, p being
    the patch size.

    Args:
        name_or_path: Registry name, one of our .safetensors or .onnx, or an official .pth in the sparse (pretraining
            checkpoint) or dense layout. Published weights have no frozen response normalisation: they come with scope
            "sample".

    Raises:
        MMEarthError: The file is missing, damaged, holds anything but tensors, or lacks or adds entries (each is
            named).
    """

def trust(paths: str | PurePath) -> None:
    """From now on, in this process, follow what inputs refer to, wherever it lies: other folders, the network.

    What they refer to is trusted with them.

    Args:
        paths: Rasters, STAC items, or folders that hold them.
    """
