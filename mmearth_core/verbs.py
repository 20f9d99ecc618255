"""The front door: every verb, once. Python, its stub, the command line, the worker and through it QGIS read this table.

A verb is one keyword-only function, of the verb's own name, and one command: `mmearth weights fetch NAME` is
`mmearth_core.weights_fetch(model=NAME)`. The table says how the command is written and where the function is; what the
arguments mean says the function's docstring. Imports nothing.
"""

from dataclasses import dataclass
from typing import Literal

#: How the values given by position fall to the inputs: one each, all to the one input, or in pairs to the two.
Shape = Literal["one each", "all", "pairs"]
#: Where the worker does a request: what a view waits for, what is asked on the side, work. One after the other in each.
Lane = Literal["live", "check", "work"]

MAP, JUDGE, COUNTRY, MODELS = "make maps", "judge and hand on", "map a country", "models"
TRAIN, LOOK = "train", "look around"


@dataclass(frozen=True)
class Verb:
    """One verb: the module of its function, a line of help, the group it is listed in, and how it is written.

    `lane`: where the worker does it; None when the worker does not offer it. `inputs`: arguments given by position, in
    the `shape` told. `short`: arguments with a short option too. `many`: options followed by one or more values. `kept`
    when it is cancelled or the machine fails: nothing, the files finished so far, or work that the same command goes on
    with, without the options in `afresh`, which begin anew. `lasting`: once cancelled it has something to finish, and
    is waited for. `extra`: the package's extra that it needs.
    """

    module: str
    summary: str
    group: str
    lane: Lane | None = None
    inputs: tuple[str, ...] = ()
    shape: Shape = "one each"
    short: tuple[tuple[str, str], ...] = (("output", "-o"),)
    many: tuple[str, ...] = ()
    kept: Literal["nothing", "files", "work"] = "nothing"
    afresh: tuple[str, ...] = ("--no-resume",)
    lasting: bool = False
    extra: str = "torch"


_K = (("output", "-o"), ("k", "-k"))
_N = (("output", "-o"), ("n", "-n"))

#: The verbs as they are typed.
VERBS: dict[str, Verb] = {
    "embed": Verb(
        "mmearth_core.embedding.engine",
        "turn a Sentinel-2 raster into an embedding raster",
        MAP,
        "work",
        ("scene",),
        "all",
        kept="work",
    ),
    "working-set": Verb(
        "mmearth_core.sources.gathering",
        "put dates, places, layers and samples together, for the verbs below",
        MAP,
        "work",
        inputs=("embeddings",),
        shape="all",
        many=("dates", "names", "layers", "samples"),
    ),
    "fit": Verb(
        "mmearth_core.labelling.fitting",
        "learn classes from polygons, and say how well that works",
        MAP,
        "work",
        ("embeddings", "samples"),
        "pairs",
    ),
    "separability": Verb(
        "mmearth_core.labelling.comparing.separability",
        "say how well classes can be told apart by their samples",
        MAP,
        "check",
        ("embeddings", "samples"),
        "pairs",
    ),
    "classify": Verb(
        "mmearth_core.labelling.classifying.classification",
        "make a map of an embedding with what was learned",
        MAP,
        "work",
        ("embedding", "model"),
    ),
    "classify-scene": Verb(
        "mmearth_core.labelling.classifying.scene_map",
        "make a map of a Sentinel-2 raster at once, without its embedding",
        MAP,
        "work",
        ("scene", "model"),
        kept="work",
    ),
    "similar": Verb("mmearth_core.labelling.similarity", "show where it looks like here", MAP, "work", ("embedding",)),
    "cluster": Verb(
        "mmearth_core.labelling.clusters", "make a map without any labels", MAP, "work", ("embedding",), short=_K
    ),
    "suggest": Verb(
        "mmearth_core.labelling.suggestions", "say where to label next", MAP, "work", ("embedding", "model"), short=_N
    ),
    "sample": Verb(
        "mmearth_core.accuracy.reference_sample",
        "draw the reference points that assess needs",
        JUDGE,
        "work",
        ("map",),
        short=_N,
    ),
    "assess": Verb(
        "mmearth_core.accuracy.assessment", "measure accuracy and areas of a map", JUDGE, "work", ("map", "reference")
    ),
    "tidy": Verb(
        "mmearth_core.maps.tidying",
        "fill what is too small on a map",
        MAP,
        "work",
        ("map",),
        many=("min_area", "keep"),
    ),
    "change": Verb(
        "mmearth_core.labelling.changing.change",
        "map what became what between two dates",
        MAP,
        "work",
        ("before", "after", "model"),
    ),
    "outline": Verb("mmearth_core.maps.outlines", "turn a map into polygons", JUDGE, "work", ("raster",)),
    "report": Verb("mmearth_core.reports.reporting", "write a page about a map", JUDGE, "work", ("map",)),
    "catalogue": Verb(
        "mmearth_core.embedding.stac.collection",
        "describe a folder of embeddings as STAC Collections",
        JUDGE,
        inputs=("folder",),
        kept="files",
    ),
    "plan": Verb(
        "mmearth_core.country.planning",
        "plan which scenes cover an area, each place once",
        COUNTRY,
        inputs=("area",),
        many=("scenes",),
        extra="search",
    ),
    "run": Verb(
        "mmearth_core.country.running",
        "embed and map the scenes of a plan, here or on a cluster",
        COUNTRY,
        inputs=("plan",),
        kept="work",
        afresh=(),
        extra="cluster",
    ),
    "status": Verb("mmearth_core.country.status", "say how far a run is", COUNTRY, inputs=("output",), extra="cluster"),
    "collect": Verb(
        "mmearth_core.country.collecting",
        "describe a run as one: a STAC Collection, mosaics, areas",
        COUNTRY,
        inputs=("output",),
        extra="cluster",
    ),
    "search": Verb(
        "mmearth_core.country.searching",
        "find the squares of a run that are most like some ground",
        COUNTRY,
        inputs=("chips",),
        short=_N,
        extra="search",
    ),
    "weights list": Verb("mmearth_core.encoder.weights", "list the models that have a name", MODELS),
    "weights fetch": Verb(
        "mmearth_core.encoder.weights", "download an official checkpoint", MODELS, inputs=("model",), kept="work"
    ),
    "weights convert": Verb(
        "mmearth_core.embedding.conversion",
        "make official weights ready for embed (needs torch)",
        MODELS,
        inputs=("model",),
        many=("calibrate",),
        kept="files",
    ),
    "weights check": Verb(
        "mmearth_core.embedding.seams.check",
        "measure whether a model's tiles join, and with which context",
        MODELS,
        inputs=("model",),
    ),
    "weights info": Verb("mmearth_core.inspection", "say what a model is", MODELS, inputs=("model",)),
    "build-tiles": Verb(
        "mmearth_core.tiles.build.build_tiles",
        "make tiles for pretraining from your own rasters",
        TRAIN,
        inputs=("specification",),
        kept="work",
        extra="train",
    ),
    "pretrain": Verb(
        "mmearth_core.pretraining.pretrain",
        "train an encoder on tiles, as a configuration says",
        TRAIN,
        inputs=("config",),
        many=("set",),
        kept="work",
        lasting=True,
        afresh=("--overwrite",),
        extra="train",
    ),
    "evaluate": Verb(
        "mmearth_core.evaluation.evaluating",
        "judge encoders on labelled tiles, beside the controls they have to beat",
        TRAIN,
        inputs=("tasks",),
        shape="all",
        many=("models", "protocols", "partitions"),
        kept="work",
        afresh=(),
        extra="train",
    ),
    "demo": Verb(
        "mmearth_core.demonstration.run", "see it work on a synthetic scene", LOOK, inputs=("output",), kept="files"
    ),
    "info": Verb("mmearth_core.inspection", "say what a file is", LOOK, "live", ("file",)),
}

#: What is public in Python alone, and where.
PYTHON_ONLY = {
    "embed_array": "mmearth_core.embedding.arrays",
    "load_encoder": "mmearth_core.encoder.loading",
    "trust": "mmearth_core.raster.references",
    "EmbeddingRaster": "mmearth_core.embedding.product",
    "MMEarthError": "mmearth_core.errors",
    "EnvironmentFailure": "mmearth_core.errors",
    "Cancelled": "mmearth_core.errors",
}

#: The verbs of a live client of the worker, which are no commands.
LIVE_VERBS: dict[str, Lane] = {
    **dict.fromkeys(("inspect", "preview", "similar_preview", "grow_region"), "live"),
    **dict.fromkeys(("read_ahead", "validate", "suggest_samples", "compare_classes", "areas", "mappable"), "check"),
    **dict.fromkeys(("fit_samples", "report_content", "example"), "work"),
}


def python_name(verb: str) -> str:
    """The name of a verb's function: "weights fetch" is `weights_fetch`, "build-tiles" `build_tiles`."""
    return verb.replace(" ", "_").replace("-", "_")


#: The module of every public name of the package.
PUBLIC = {python_name(name): verb.module for name, verb in VERBS.items()} | PYTHON_ONLY


def lanes() -> dict[str, Lane]:
    """Every verb the worker offers, by the name a request has, and its lane."""
    return {python_name(name): verb.lane for name, verb in VERBS.items() if verb.lane is not None} | LIVE_VERBS
