"""`mmearth:embed`: a Sentinel-2 layer or product becomes an embedding raster."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterRasterDestination,
)

from ..core.embed.ground import ground_text
from ..core.numbers import decimal
from .algorithm import EMBEDDING, Values
from .scenes.scene_inputs import OfScene


class Embed(OfScene):
    """The verb `embed`."""

    verb, symbol, section = "embed", "embed", EMBEDDING
    products = {"OUTPUT": "embedding"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Embed layer")

    def words(self) -> str:
        return "embedding,representation,features,encoder,deep learning,neural network,mp-mae"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr(
                "Turns a Sentinel-2 image into an embedding: a raster of 64 learned bands on the same 10 m grid. Every"
                " pixel then carries its colour, texture and surroundings, so that a few samples suffice for a map."
            ),
            self.tr(
                "A GeoTIFF with the bands E00 … E63, drawn in fixed colours, and beside it a STAC item that says how it"
                " was made. Embeddings of one model can be compared across scenes and dates."
            ),
            self.tr(
                "Work that was stopped is kept: run it again with the same parameters and output, and it goes on where"
                " it stopped."
            ),
        )

    def define_own(self) -> None:
        self.define_scene()
        self.define_computing("MODEL", self.tr("Model"))
        self.define(
            QgsProcessingParameterRasterDestination("OUTPUT", self.tr("Embedding")), self.tr("The GeoTIFF to write.")
        )
        self.addOutput(QgsProcessingOutputNumber("VALID_PIXELS", self.tr("Pixels with an embedding")))
        self.addOutput(QgsProcessingOutputNumber("CLIPPED_SHARE", self.tr("Share of clipped values")))
        self.addOutput(QgsProcessingOutputString("MODEL_NAME", self.tr("Name of the model")))
        self.addOutput(QgsProcessingOutputString("MODEL_ID", self.tr("Identifier of the model")))
        self.addOutput(QgsProcessingOutputString("ITEM", self.tr("STAC item")))

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        model = self.encoder(parameters, context, "MODEL")
        return {**self.of_scene(parameters, context), "model": model, "output": self.output("OUTPUT")}

    def report(self, result: Values) -> str:
        made = self.tr("{} Mpx embedded with {} in {} s; {}\xa0% of values clipped.").format(
            decimal(result["valid_pixels"] / 1e6, 2),
            result["model_name"],
            decimal(result["seconds"]),
            decimal(100 * result["clipped_share"], 3),
        )
        return " ".join(filter(None, (made, ground_text(result))))

    def results(self, result: Values) -> Values:
        names = ("valid_pixels", "clipped_share", "model_name", "model_id", "item")
        return {name.upper(): result[name] for name in names}
