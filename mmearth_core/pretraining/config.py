"""The configuration of a pretraining run: nested values, read from YAML, written back as resolved.

Values only. What a method's own settings mean is said by the method; nothing here opens a dataset or builds a network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import yaml

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, TEACHER_PREFIX, is_teacher
from mmearth_core.pretraining.methods.registry import METHODS, DataKind
from mmearth_core.records import NOT_NEGATIVE, POSITIVE, RELATIVE, Form, Rule

#: Sets of modalities to predict that have a name.
OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "all": tuple(MODALITIES),
    "pixel": tuple(m.name for m in MODALITIES.values() if m.level == "pixel"),
    "image": tuple(m.name for m in MODALITIES.values() if m.level == "image"),
    "s2": ("sentinel2",),
}
#: Settings, or groups of them, that may change while a run goes on, since no step depends on them: the tiles are
#: recognised by their names, the rest is speed, what is looked at, and what becomes of the weights.
_FREE = ("data.datasets", "data.workers", "threads", "watch.", "export.")
#: Where a file does not say it.
_USUAL_METHOD = "mp_mae"

BELOW_ONE = Rule(lambda number: 0 <= number < 1, "must be at least 0 and below 1")
FILE_NAME = Rule(
    lambda name: name.strip(". ") != "" and not set(name) & set('/\\:*?"<>|'),
    "must be a name that a file can have, without a folder",
)
Count = Annotated[int, NOT_NEGATIVE]
Positive = Annotated[int, POSITIVE]
File = Annotated[str, RELATIVE]
Modality = Annotated[
    str,
    Rule(
        lambda name: name in MODALITIES or is_teacher(name),
        f"must be one of {', '.join(MODALITIES)}, or a teacher of the datasets ({TEACHER_PREFIX}…)",
    ),
]


def _start(content: Any) -> Any:
    """A file or folder, be it that it is gone, with its whole path; the name of a model as it is."""
    path = Path(str(content))
    is_path = path.exists() or len(path.parts) > 1 or path.suffix in {".pth", ".safetensors", ".onnx"}
    return str(path.absolute()) if isinstance(content, str) and content and is_path else content


@dataclass(frozen=True)
class DataConfig:
    """Tiles to learn from.

    `datasets`: folders of datasets in the MMEarth layout, taken as one. `hold_out`: share of the tiles that is kept for
    validation, as whole blocks of the globe `block_degrees` wide, drawn with `hold_out_seed`. `unplaced`: whether tiles
    of unknown place are left out where others are held out, since they might be neighbours of those, or learned from
    all the same. `statistics`: whose mean and standard deviation of the Sentinel-2 bands are used, MMEarth's or the
    dataset's own. `workers`: processes that read tiles.
    """

    kind: ClassVar[DataKind] = "tiles"

    datasets: Annotated[list[File], Rule(bool, "must name at least one folder")]
    hold_out: Annotated[float, BELOW_ONE] = 0.1
    block_degrees: Annotated[float, POSITIVE] = 1.0
    hold_out_seed: Count = 0
    unplaced: Literal["leave", "learn"] = "leave"
    statistics: Literal["mmearth", "dataset"] = "mmearth"
    workers: Count = 2


@dataclass(frozen=True)
class ScenesConfig:
    """A generated world to learn from, in place of datasets; it says nothing of the Earth.

    `scenes`: how many there are, each a function of `seed` and its number. `image`: height and width of the images of
    its four cameras, in pixels. `hold_out`: share of the scenes, the last ones, that is kept for validation.
    `workers`: processes that generate scenes.
    """

    kind: ClassVar[DataKind] = "scenes"

    scenes: Positive
    seed: Count = 0
    image: tuple[Positive, Positive] = (64, 96)
    hold_out: Annotated[float, BELOW_ONE] = 0.1
    workers: Count = 2


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW with warm-up and a cosine to zero, by default as published.

    `batch`: tiles that one process takes at once; response normalisation of scope "batch" sees these (of all
    processes together), not more. `effective_batch`: tiles per step, over all processes; gradients of several batches
    are added up to it. The peak learning rate is `base_learning_rate` · `effective_batch` / 256.
    `clip`: largest norm of the gradient; null does not clip.
    """

    epochs: Positive = 200
    warmup_epochs: Annotated[float, NOT_NEGATIVE] = 40
    batch: Positive = 256
    effective_batch: Positive = 4096
    base_learning_rate: Annotated[float, POSITIVE] = 1.5e-4
    weight_decay: Annotated[float, NOT_NEGATIVE] = 0.05
    betas: tuple[Annotated[float, BELOW_ONE], Annotated[float, BELOW_ONE]] = (0.9, 0.95)
    clip: Annotated[float, POSITIVE] | None = None

    def __post_init__(self) -> None:
        if self.effective_batch % self.batch:
            raise ValueError("effective_batch must be a multiple of batch")
        if self.warmup_epochs > self.epochs:
            raise ValueError("warmup_epochs must be between 0 and epochs")

    @property
    def peak_learning_rate(self) -> float:
        """base · batch / 256 (Goyal et al. 2017, arXiv 1706.02677)."""
        return self.base_learning_rate * self.effective_batch / 256


@dataclass(frozen=True)
class WatchConfig:
    """What is looked at on the way.

    `log_steps`, `checkpoint_steps`: steps between two lines of the log, two checkpoints. `keep`: newest checkpoints
    that are kept, beside the best. `validate_epochs`, `picture_epochs`: epochs between two validations, two pictures
    (0: none). `validation_tiles`, `picture_tiles`: how many tiles of the hold-out they take.
    `labelled`: an .npz of labelled tiles (`x`, `bands`, `level`, `label`, optionally `lonlat`) whose classes are told
    apart by nearest neighbours at each validation.
    """

    log_steps: Positive = 10
    checkpoint_steps: Positive = 200
    keep: Positive = 3
    validate_epochs: Count = 1
    validation_tiles: Positive = 2048
    picture_epochs: Count = 10
    picture_tiles: Positive = 4
    labelled: File | None = None


@dataclass(frozen=True)
class ExportConfig:
    """What becomes of the encoder at the end.

    `name`: of the model. `calibrate`: scenes (as `mmearth embed` takes them) to calibrate it on; without any it is
    exported for `mmearth weights convert` to calibrate. `checkpoint`: the weights of the last step, or those that
    were best on the hold-out. `licence`: what the model's card says.
    """

    name: Annotated[str, FILE_NAME] = "encoder"
    checkpoint: Literal["last", "best"] = "last"
    calibrate: list[File] = field(default_factory=list)
    licence: str = ""


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """All of a run but what is its method's own.

    `outputs`: modalities to predict: all, pixel, image, s2, or a list of names, which alone may name teachers of the
    datasets (teacher_…). `method`: which pretraining method; its settings are under its name. `init`: a checkpoint
    folder of a run, a model or an official .pth to start from. `threads`: CPU threads of a process (0: torch decides).
    `precision`: bf16 computes the networks in bfloat16; auto does so on GPUs that can.
    """

    data: DataConfig | ScenesConfig
    outputs: (
        Literal["all", "pixel", "image", "s2"]
        | Annotated[list[Modality], Rule(bool, "must name at least one modality")]
    ) = "all"
    method: Annotated[str, Rule(lambda name: name in METHODS, f"must be one of {', '.join(METHODS)}")] = _USUAL_METHOD
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    watch: WatchConfig = field(default_factory=WatchConfig)
    export: ExportConfig = field(default_factory=ExportConfig)
    init: Annotated[str | None, Form(_start)] = None
    seed: Count = 0
    threads: Count = 0
    precision: Literal["auto", "fp32", "bf16"] = "auto"

    def __post_init__(self) -> None:
        if self.export.checkpoint == "best" and not (self.watch.validate_epochs and self.data.hold_out):
            raise ValueError(
                "export.checkpoint is best, which only validation can tell; set watch.validate_epochs and data.hold_out"
            )
        if isinstance(self.data, ScenesConfig) and (self.export.calibrate or self.watch.labelled is not None):
            raise ValueError("a run on scenes leaves no model for rasters; remove export.calibrate and watch.labelled")


@dataclass(frozen=True, kw_only=True)
class PretrainConfig(RunConfig):
    """All of a run. `settings`: the record that its method registers."""

    settings: Any

    @property
    def output_names(self) -> tuple[str, ...]:
        """The modalities to predict, in the order of the table, then teachers."""
        chosen = OUTPUTS[self.outputs] if isinstance(self.outputs, str) else tuple(self.outputs)
        known = tuple(name for name in MODALITIES if name in chosen)
        return (*known, *sorted(set(chosen) - set(known)))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, in the layout of a file: the method's settings under its name."""
        return {self.method if name == "settings" else name: plain for name, plain in records.plain(vars(self)).items()}

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.as_dict(), sort_keys=False, allow_unicode=True)

    def differences(self, other: "PretrainConfig") -> list[str]:
        """Settings in which a run of `other` is not a run of this: `optimiser.epochs: 10 there, 20 here`."""
        ours, theirs = _flat(self.as_dict()), _flat(other.as_dict())
        return [
            f"{key}: {theirs.get(key)} there, {ours.get(key)} here"
            for key in sorted(ours.keys() | theirs.keys())
            if ours.get(key) != theirs.get(key) and not key.startswith(_FREE)
        ]


def read_config(path: str | Path, changes: Sequence[str] = ()) -> PretrainConfig:
    """The configuration in a YAML file, with `changes` as `optimiser.epochs=3`.

    The file may hold settings of several methods, each under its name; those of the run's `method` count.
    Paths in it are relative to the working directory and become absolute. Raises `MMEarthError` naming the setting
    that is unknown, of the wrong kind, or out of range.
    """
    path = Path(path)
    values = records.parsed_yaml(path)
    if not isinstance(values, dict):
        raise MMEarthError(f"{path} holds no settings; see training/configs for examples.")
    for change in changes:
        _apply(values, change)
    method = str(values.get("method", _USUAL_METHOD))
    sections = {name: values.pop(name) for name in METHODS if name in values}
    if isinstance(data := values.get("data"), dict):
        record = ScenesConfig if "scenes" in data else DataConfig
        values["data"] = records.read(record, data, path, under="data", folder=Path.cwd())
    run = records.read(RunConfig, values, path, folder=Path.cwd())
    for change in changes:
        if (section := change.split(".")[0].strip()) in METHODS and section != method:
            raise MMEarthError(f"`set={change}`: the method of this run is {method}; give method={section} as well.")
    # Sections of other methods may stand in the file, so that one word changes the method; they must be right too.
    read = {
        name: records.read(METHODS[name].settings, own, path, under=name)
        for name, own in (sections | {method: sections.get(method, {})}).items()
    }
    wanted = METHODS[method].learns_from(read[method])
    if run.data.kind != wanted:
        given = "data.scenes" if wanted == "scenes" else "data.datasets"
        raise MMEarthError(
            f"{path}: {method}, as it is set, learns from {wanted}, not from {run.data.kind}; give {given} instead."
        )
    return PretrainConfig(**vars(run), settings=read[method])


def _apply(values: dict[str, Any], change: str) -> None:
    """Put one `key=value` into nested values."""
    key, equals, text = change.partition("=")
    if not equals or not key.strip():
        raise MMEarthError(f"`set={change}` is no setting with its value; write it as optimiser.epochs=3.")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise MMEarthError(
            f"`set={change}`: {text} is no value ({' '.join(str(error).split())}); write one as in YAML."
        ) from error
    *groups, last = key.strip().split(".")
    inner: Any = values
    for group in groups:
        inner = inner.setdefault(group, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        raise MMEarthError(f"`set={change}`: {'.'.join(groups)} is a single setting and has no {last}; give its value.")
    inner[last] = value


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
