"""The pretraining methods by name: the record of each one's settings, and the module that builds it.

A further method is a further entry here; configuration, loop, data and export stay. Torch is loaded with the module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmearth_core.pretraining.methods.a2_mae.settings import A2MaeConfig
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig
from mmearth_core.pretraining.methods.omnisat.settings import OmniSatConfig
from mmearth_core.pretraining.methods.softcon.settings import SoftConConfig


@dataclass(frozen=True)
class Registered:
    """A method. `settings`: a frozen record with a default for everything, read from the section that has the method's
    name. `module`: its function `built(settings, outputs, known)`, of the names of the outputs and
    the modalities they may be, gives a `contract.BuiltMethod`."""

    settings: type[Any]
    module: str


METHODS: Mapping[str, Registered] = {
    "mp_mae": Registered(MpMaeConfig, "mmearth_core.pretraining.methods.mp_mae.built"),
    "softcon": Registered(SoftConConfig, "mmearth_core.pretraining.methods.softcon.built"),
    "omnisat": Registered(OmniSatConfig, "mmearth_core.pretraining.methods.omnisat.built"),
    "a2_mae": Registered(A2MaeConfig, "mmearth_core.pretraining.methods.a2_mae.built"),
}
