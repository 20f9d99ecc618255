"""The pretraining methods by name: the record of each one's settings, and the module that builds it.

A further method is a further entry here; configuration, loop, data and export stay. Torch is loaded with the module.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mmearth_core.pretraining.methods.a2_mae.settings import A2MaeConfig
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig
from mmearth_core.pretraining.methods.omnisat.settings import OmniSatConfig
from mmearth_core.pretraining.methods.softcon.settings import SoftConConfig

#: What there is to learn from: tiles of the Earth in datasets, or a generated world.
DataKind = Literal["tiles", "scenes"]


@dataclass(frozen=True)
class Registered:
    """A method. `settings`: a frozen record with a default for everything, read from the section that has the method's
    name. `module`: its function `built(settings, outputs, known)`, of the names of the outputs and the modalities they
    may be, gives a `contract.BuiltMethod`. `learns_from`: what the method learns from, by its settings."""

    settings: type[Any]
    module: str
    learns_from: Callable[[Any], DataKind] = lambda _settings: "tiles"


METHODS: Mapping[str, Registered] = {
    "mp_mae": Registered(MpMaeConfig, "mmearth_core.pretraining.methods.mp_mae.built"),
    "softcon": Registered(SoftConConfig, "mmearth_core.pretraining.methods.softcon.built"),
    "omnisat": Registered(OmniSatConfig, "mmearth_core.pretraining.methods.omnisat.built"),
    "a2_mae": Registered(A2MaeConfig, "mmearth_core.pretraining.methods.a2_mae.built"),
    "ns_mae": Registered(
        NsMaeConfig, "mmearth_core.pretraining.methods.ns_mae.built", lambda settings: settings.instance
    ),
}
