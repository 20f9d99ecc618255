"""The Processing provider `mmearth`: what the dock does, for the toolbox, models, batches and `qgis_process`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .gui.icons import icon, icon_path
from .processing.assess import Assess
from .processing.change import Change
from .processing.classify import Classify
from .processing.cluster import Cluster
from .processing.embed import Embed
from .processing.fit import Fit
from .processing.gather import GatherWorkingSet
from .processing.outline import Outline
from .processing.sample import Sample
from .processing.scenes.classify_scene import ClassifyScene
from .processing.scenes.map_folder import MapFolder
from .processing.similar import Similar
from .processing.suggest import Suggest
from .processing.tidy import Tidy

if TYPE_CHECKING:
    from .core.worker.client import WorkerClient


ALGORITHMS = (
    *(Embed, GatherWorkingSet, Fit, Classify, ClassifyScene, MapFolder, Change, Tidy),
    *(Suggest, Outline, Similar, Cluster, Sample, Assess),
)


class Provider(QgsProcessingProvider):
    """`get_client` is called without arguments when an algorithm is looked at or runs, in any thread, and returns the
    `WorkerClient`."""

    def __init__(self, get_client: Callable[[], WorkerClient]) -> None:
        super().__init__()
        self._get_client = get_client

    def loadAlgorithms(self) -> None:
        """Offer the algorithms, as QGIS asks for them."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm(self._get_client))

    def id(self) -> str:
        """The prefix of the algorithms' names."""
        return "mmearth"

    def name(self) -> str:
        """What the toolbox shows."""
        return "MMEarth"

    def longName(self) -> str:
        """The name with its subject."""
        return self.tr("MMEarth Few-Shot Mapper")

    def icon(self) -> QIcon:
        """The plugin's icon."""
        return icon("icon")

    def svgIconPath(self) -> str:
        """The plugin's icon, as a file."""
        return icon_path("icon")

    def supportedOutputRasterLayerExtensions(self) -> list[str]:
        """What the worker writes."""
        return ["tif"]

    def supportedOutputVectorLayerExtensions(self) -> list[str]:
        """What the worker writes."""
        return ["gpkg", "geojson", "shp", "fgb"]

    def supportsNonFileBasedOutput(self) -> bool:
        """No layers in memory, no databases: the worker writes files."""
        return False
