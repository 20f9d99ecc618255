"""The configuration of a pretraining run: nested values, read from YAML, written back as resolved.

Values only. What a method's own settings mean is said by the method; nothing here opens a dataset or builds a network.
"""

import dataclasses
import difflib
import math
import re
import types
import typing
from argparse import ArgumentError
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from jsonargparse import ArgumentParser

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.mp_mae import MpMaeConfig

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


@dataclass(frozen=True)
class DataConfig:
    """Tiles to learn from.

    `datasets`: folders of datasets in the MMEarth layout, taken as one. `hold_out`: share of the tiles that is kept
    for validation, as whole blocks of the globe `block_degrees` wide, drawn with `hold_out_seed`. `statistics`: whose
    mean and standard deviation of the Sentinel-2 bands are used, MMEarth's or the dataset's own. `workers`: processes
    that read tiles.
    """

    datasets: list[str]
    hold_out: float = 0.1
    block_degrees: float = 1.0
    hold_out_seed: int = 0
    statistics: Literal["mmearth", "dataset"] = "mmearth"
    workers: int = 2


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW with warm-up and a cosine to zero, by default as published.

    `batch`: tiles that one process takes at once; response normalisation of scope "batch" sees these (of all
    processes together), not more. `effective_batch`: tiles per step, over all processes; gradients of several batches
    are added up to it. The peak learning rate is `base_learning_rate` · `effective_batch` / 256.
    `clip`: largest norm of the gradient; null does not clip.
    """

    epochs: int = 200
    warmup_epochs: float = 40
    batch: int = 256
    effective_batch: int = 4096
    base_learning_rate: float = 1.5e-4
    weight_decay: float = 0.05
    betas: tuple[float, float] = (0.9, 0.95)
    clip: float | None = None

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

    log_steps: int = 10
    checkpoint_steps: int = 200
    keep: int = 3
    validate_epochs: int = 1
    validation_tiles: int = 2048
    picture_epochs: int = 10
    picture_tiles: int = 4
    labelled: str | None = None


@dataclass(frozen=True)
class ExportConfig:
    """What becomes of the encoder at the end.

    `name`: of the model. `calibrate`: scenes (as `mmearth embed` takes them) to calibrate it on; without any it is
    exported for `mmearth weights convert` to calibrate. `checkpoint`: the weights of the last step, or those that
    were best on the hold-out. `licence`: what the model's card says.
    """

    name: str = "encoder"
    checkpoint: Literal["last", "best"] = "last"
    calibrate: list[str] = field(default_factory=list)
    licence: str = ""


@dataclass(frozen=True)
class PretrainConfig:
    """All of a run.

    `outputs`: modalities to predict: all, pixel, image, s2, or a list of names. `method`: which pretraining method;
    its settings are under its name. `init`: a checkpoint folder of a run, a model or an official .pth to start from.
    `threads`: CPU threads of a process (0: torch decides). `precision`: bf16 computes the networks in bfloat16;
    auto does so on GPUs that can.
    """

    data: DataConfig
    outputs: Literal["all", "pixel", "image", "s2"] | list[str] = "all"
    method: Literal["mp_mae"] = "mp_mae"
    mp_mae: MpMaeConfig = field(default_factory=MpMaeConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    watch: WatchConfig = field(default_factory=WatchConfig)
    export: ExportConfig = field(default_factory=ExportConfig)
    init: str | None = None
    seed: int = 0
    threads: int = 0
    precision: Literal["auto", "fp32", "bf16"] = "auto"

    @property
    def output_names(self) -> tuple[str, ...]:
        """The modalities to predict, in the order of the table."""
        chosen = OUTPUTS[self.outputs] if isinstance(self.outputs, str) else tuple(self.outputs)
        return tuple(name for name in MODALITIES if name in chosen)

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        values: dict[str, Any] = _plain(dataclasses.asdict(self))
        return values

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

    Paths in it are relative to the working directory and become absolute. Raises `MMEarthError` naming the setting
    that is unknown, of the wrong kind, or out of range.
    """
    path = Path(path)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MMEarthError(f"Cannot read {path} ({getattr(error, 'strerror', None) or error}).") from error
    except yaml.YAMLError as error:
        raise MMEarthError(f"{path} is no YAML file ({' '.join(str(error).split())}).") from error
    if not isinstance(values, dict):
        raise MMEarthError(f"{path} holds no settings; see training/configs for examples.")
    for change in changes:
        _apply(values, change)
    _check_names(PretrainConfig, values, "", str(path))
    config = _typed(values, str(path))
    _check_ranges(config, str(path))
    return _absolute(config)


def _apply(values: dict[str, Any], change: str) -> None:
    """Put one `key=value` into nested values."""
    key, equals, text = change.partition("=")
    if not equals or not key.strip():
        raise MMEarthError(f"`set={change}` is not of the form optimiser.epochs=3.")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise MMEarthError(f"`set={change}`: {text} is no value ({' '.join(str(error).split())}).") from error
    *groups, last = key.strip().split(".")
    inner: Any = values
    for group in groups:
        inner = inner.setdefault(group, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        raise MMEarthError(f"`set={change}`: {'.'.join(groups)} is a single setting and has no {last}.")
    inner[last] = value


def _check_names(kind: type, values: Mapping[str, Any], prefix: str, source: str) -> None:
    """Refuse settings that do not exist, and those without a default that are missing."""
    hints = typing.get_type_hints(kind)
    for name, value in values.items():
        if name not in hints:
            near = difflib.get_close_matches(str(name), hints, n=1)
            hint = f"did you mean {prefix}{near[0]}?" if near else f"known here: {', '.join(hints)}."
            raise MMEarthError(f"{source}: there is no setting {prefix}{name}; {hint}")
        if dataclasses.is_dataclass(hints[name]):
            if not isinstance(value, dict):
                raise MMEarthError(f"{source}: {prefix}{name} is {value!r}; expected settings, one a line below it.")
            _check_names(hints[name], value, f"{prefix}{name}.", source)
    for item in dataclasses.fields(kind):
        needed = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if needed and item.name not in values:
            raise MMEarthError(f"{source}: {prefix}{item.name} is missing; it has no default.")


def _typed(values: Mapping[str, Any], source: str) -> PretrainConfig:
    """Values of the declared types, or an error that names the one that is not."""
    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(PretrainConfig)
    try:
        parsed = parser.parse_object(dict(values))
    except ArgumentError as error:
        key = re.search(r'Parser key "([\w.]+)"', str(error))
        if key is None:
            raise MMEarthError(f"{source}: {' '.join(str(error).split())}") from error
        value: Any = values
        for name in key[1].split("."):
            value = value[name]
        expected = _in_words(_hint_of(PretrainConfig, key[1]))
        raise MMEarthError(f"{source}: {key[1]} is {value!r}; expected {expected}.") from error
    config: PretrainConfig = _built(PretrainConfig, parsed.as_dict())
    return config


def _built(kind: Any, values: Mapping[str, Any]) -> Any:
    """Nested dataclasses of nested values."""
    hints = typing.get_type_hints(kind)
    return kind(
        **{
            name: _built(hints[name], value) if dataclasses.is_dataclass(hints[name]) else value
            for name, value in values.items()
        }
    )


def _hint_of(kind: Any, key: str) -> Any:
    for name in key.split("."):
        kind = typing.get_type_hints(kind)[name]
    return kind


def _in_words(hint: Any) -> str:
    """A type for a reader."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_in_words(each) for each in arguments)
    if origin is typing.Literal:
        return " or ".join(map(str, arguments))
    if origin is list:
        return f"a list ({_in_words(arguments[0])} each)"
    if origin is tuple:
        return f"a list of {len(arguments)} values ({_in_words(arguments[0])} each)"
    if origin is dict:
        return "values by name"
    words = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", types.NoneType: "null"}
    return words.get(hint, str(hint))


def _check_ranges(config: PretrainConfig, source: str) -> None:
    """Refuse numbers that make no sense."""
    data, optimiser, watch = config.data, config.optimiser, config.watch
    unknown = [name for name in config.outputs if name not in MODALITIES] if isinstance(config.outputs, list) else []
    rules = (
        (bool(data.datasets), "data.datasets is empty; name at least one folder"),
        (0 <= data.hold_out < 1, "data.hold_out must be at least 0 and below 1"),
        (data.block_degrees > 0, "data.block_degrees must be positive"),
        (min(data.workers, data.hold_out_seed) >= 0, "data.workers and data.hold_out_seed must not be negative"),
        (not unknown, f"outputs names {', '.join(unknown)}; known: {', '.join(MODALITIES)}"),
        (bool(config.output_names), "outputs is empty; name at least one modality"),
        (optimiser.epochs > 0, "optimiser.epochs must be positive"),
        (
            0 <= optimiser.warmup_epochs <= optimiser.epochs,
            "optimiser.warmup_epochs must be between 0 and optimiser.epochs",
        ),
        (optimiser.batch > 0, "optimiser.batch must be positive"),
        (
            optimiser.effective_batch > 0 and optimiser.effective_batch % optimiser.batch == 0,
            "optimiser.effective_batch must be a multiple of optimiser.batch",
        ),
        (0 < optimiser.base_learning_rate < math.inf, "optimiser.base_learning_rate must be positive and finite"),
        (optimiser.weight_decay >= 0, "optimiser.weight_decay must not be negative"),
        (all(0 <= beta < 1 for beta in optimiser.betas), "optimiser.betas must be at least 0 and below 1"),
        (optimiser.clip is None or optimiser.clip > 0, "optimiser.clip must be positive, or null"),
        (min(watch.log_steps, watch.checkpoint_steps, watch.keep) > 0, "watch: steps and keep must be positive"),
        (
            min(watch.validate_epochs, watch.picture_epochs) >= 0,
            "watch.validate_epochs and watch.picture_epochs must not be negative",
        ),
        (min(watch.validation_tiles, watch.picture_tiles) > 0, "watch: numbers of tiles must be positive"),
        (
            config.export.name.strip(". ") != "" and not set(config.export.name) & set('/\\:*?"<>|'),
            f"export.name is {config.export.name!r}; give a name that a file can have, without a folder",
        ),
        (
            config.export.checkpoint == "last" or (watch.validate_epochs > 0 and data.hold_out > 0),
            "export.checkpoint is best, which only validation can tell; set watch.validate_epochs and data.hold_out",
        ),
        (config.threads >= 0, "threads must not be negative"),
        (config.seed >= 0, "seed must not be negative"),
    )
    for holds, text in rules:
        if not holds:
            raise MMEarthError(f"{source}: {text}.")


def _absolute(config: PretrainConfig) -> PretrainConfig:
    """The same with absolute paths, so that a run can go on from another working directory."""
    data, watch, export = config.data, config.watch, config.export
    return dataclasses.replace(
        config,
        data=dataclasses.replace(data, datasets=[str(Path(each).absolute()) for each in data.datasets]),
        watch=dataclasses.replace(
            watch, labelled=None if watch.labelled is None else str(Path(watch.labelled).absolute())
        ),
        export=dataclasses.replace(export, calibrate=[str(Path(each).absolute()) for each in export.calibrate]),
        init=str(Path(config.init).absolute()) if config.init and _is_path(config.init) else config.init,
    )


def _is_path(start: str) -> bool:
    """Whether this is a file or folder, be it that it is gone, and not the name of a model."""
    path = Path(start)
    return path.exists() or len(path.parts) > 1 or path.suffix in {".pth", ".safetensors", ".onnx"}


def _plain(value: Any) -> Any:
    """Tuples as lists, so that what is written reads back the same."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
