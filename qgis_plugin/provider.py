"""The Processing provider `mmearth`: what the dock does, for the toolbox, models, batches and `qgis_process`."""

from qgis.core import QgsProcessingProvider

from .gui.icons import icon, icon_path
from .processing.assess import Assess
from .processing.classify import Classify
from .processing.cluster import Cluster
from .processing.embed import Embed
from .processing.fit import Fit
from .processing.outline import Outline
from .processing.sample import Sample
from .processing.similar import Similar
from .processing.suggest import Suggest

ALGORITHMS = (Embed, Fit, Classify, Suggest, Outline, Similar, Cluster, Sample, Assess)


class Provider(QgsProcessingProvider):
    """`get_client` is called without arguments when an algorithm is looked at or runs, in any thread, and returns the
    `WorkerClient`."""

    def __init__(self, get_client):
        super().__init__()
        self._get_client = get_client

    def loadAlgorithms(self):
        """Offer the algorithms, as QGIS asks for them."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm(self._get_client))

    def id(self):
        """The prefix of the algorithms' names."""
        return "mmearth"

    def name(self):
        """What the toolbox shows."""
        return "MMEarth"

    def longName(self):
        """The name with its subject."""
        return self.tr("MMEarth Few-Shot Mapper")

    def icon(self):
        """The plugin's icon."""
        return icon("icon")

    def svgIconPath(self):
        """The plugin's icon, as a file."""
        return icon_path("icon")

    def supportedOutputRasterLayerExtensions(self):
        """What the worker writes."""
        return ["tif"]

    def supportedOutputVectorLayerExtensions(self):
        """What the worker writes."""
        return ["gpkg", "geojson", "shp", "fgb"]

    def supportsNonFileBasedOutput(self):
        """No layers in memory, no databases: the worker writes files."""
        return False
