"""`mmearth:embed`: a Sentinel-2 layer or product becomes an embedding raster."""

from __future__ import annotations

import re

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRasterLayer,
)

from ..compat import VECTOR_POLYGON
from ..core.embed.ground import ground_text
from ..core.layers import is_embedding
from ..core.numbers import decimal
from ..core.sources import crs_to_send, name_of, same, why_no_crs, wkt
from ..settings import Settings
from .algorithm import EMBEDDING, Algorithm, Values

LEVELS = ["auto", "l1c", "l2a"]
BACKENDS = ["auto", "onnx", "torch"]
#: A value of a mask, or a range of values.
_VALUES = re.compile(r"-?\d+(\.\d+)?(\s*-\s*-?\d+(\.\d+)?)?")
#: Fewer bands than this say too little.
FEWEST_BANDS = 4


class Embed(Algorithm):
    """The verb `embed`; its bounds are given as an extent."""

    verb, symbol, section = "embed", "embed", EMBEDDING
    products = {"OUTPUT": "embedding"}  # noqa: RUF012 - read only
    renamed = {"bounds": "EXTENT"}  # noqa: RUF012 - read only

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
        number = QgsProcessingParameterNumber.Type
        self.define(
            QgsProcessingParameterRasterLayer("SCENE", self.tr("Sentinel-2 layer"), optional=True),
            self.tr("A raster file with at least four Sentinel-2 bands, recognised by their names."),
        )
        self.define(
            QgsProcessingParameterFile(
                "SCENE_FILE",
                self.tr("… or Sentinel-2 product"),
                optional=True,
                fileFilter=self.tr("Sentinel-2 products (*.zip *.json *.xml);;All files (*)"),
            ),
            self.tr("Instead of a layer: the zip of a product, or a STAC item (.json)."),
        )
        self.define(
            QgsProcessingParameterFile(
                "SCENE_FOLDER",
                self.tr("… or folder"),
                QgsProcessingParameterFile.Behavior.Folder,
                optional=True,
            ),
            self.tr("Instead of both: the .SAFE folder of a product, or a folder of single-band files."),
        )
        self.define(
            QgsProcessingParameterExtent("EXTENT", self.tr("Extent"), optional=True),
            self.tr("Only this part is embedded; by default everything."),
        )
        self.define(
            QgsProcessingParameterFeatureSource("AOI", self.tr("Area of interest"), [VECTOR_POLYGON], optional=True),
            self.tr("Only pixels inside these polygons are embedded."),
        )
        self.define(
            QgsProcessingParameterEnum(
                "LEVEL",
                self.tr("Processing level"),
                options=LEVELS,
                defaultValue="auto",
                usesStaticStrings=True,
            ),
            self.tr("L1C is top-of-atmosphere, L2A surface reflectance; auto reads it from the metadata."),
        )
        self.define(
            QgsProcessingParameterCrs("CRS", self.tr("Coordinate reference system"), optional=True),
            self.tr("That of a product or folder whose files have none; a layer has its own."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterString("BANDS", self.tr("Bands"), optional=True),
            self.tr("What the layer's bands are when their names do not say it, for example B02,B03,B04,B08."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber("OFFSET", self.tr("Offset"), number.Double, optional=True),
            self.tr(
                "Added to reflectance × 10000: -1000 (reflectance -0.1) for products of baseline 04.00 and later, else"
                " 0; blank: from the metadata."
            ),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber("SCALE", self.tr("Scale"), number.Double, optional=True, minValue=0),
            self.tr("Reflectance of one raw unit, for example 0.0001; blank: from the metadata."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterRasterLayer("MASK", self.tr("Mask"), optional=True),
            self.tr("A raster of pixels to leave out, clouds for example."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterString("MASK_VALUES", self.tr("Mask values"), optional=True),
            self.tr(
                "Values of the mask that are left out, for example 3,8,9,10, or a range such as 40-100; blank: what a"
                " known mask (SCL, Fmask, MAJA) calls cloud, else all but 0."
            ),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterString("MASK_BITS", self.tr("Mask bits"), optional=True),
            self.tr("Bits of the mask that are left out if it is a bit field: numbers from 0, or names such as cloud."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterBoolean("EXCLUDE_CLOUDS", self.tr("Leave out clouds"), defaultValue=False),
            self.tr("Leaves out what the product's scene classification calls cloud, shadow or cirrus."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterFile(
                "MODEL",
                self.tr("Model"),
                optional=True,
                # Not QGIS' own "*.*", which a name has no dot for.
                fileFilter=self.tr("Models (*.onnx *.safetensors);;All files (*)"),
            ),
            self.tr("Name or file of a model; blank: the one chosen in the options of MMEarth."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterEnum(
                "BACKEND", self.tr("Backend"), options=BACKENDS, defaultValue="auto", usesStaticStrings=True
            ),
            self.tr("What runs the model: onnx on the processor, or torch on a graphics card."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber("TILE", self.tr("Tile"), number.Integer, optional=True, minValue=1),
            self.tr("Side in pixels of what is computed at once; smaller needs less memory. Blank: what suits 2 GB."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterString("HALO", self.tr("Halo"), optional=True),
            self.tr("Context in pixels around each tile, or “exact”; blank: what the model needs."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterBoolean("RESUME", self.tr("Go on with an interrupted run"), defaultValue=True),
            self.tr("Uses the tiles that an interrupted run with the same parameters has finished."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterRasterDestination("OUTPUT", self.tr("Embedding")), self.tr("The GeoTIFF to write.")
        )
        self.addOutput(QgsProcessingOutputNumber("VALID_PIXELS", self.tr("Pixels with an embedding")))
        self.addOutput(QgsProcessingOutputNumber("CLIPPED_SHARE", self.tr("Share of clipped values")))
        self.addOutput(QgsProcessingOutputString("MODEL_NAME", self.tr("Name of the model")))
        self.addOutput(QgsProcessingOutputString("MODEL_ID", self.tr("Identifier of the model")))
        self.addOutput(QgsProcessingOutputString("ITEM", self.tr("STAC item")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        return self._why_no_scene(parameters, context) or self._why_no_option(parameters, context)

    def _why_no_scene(self, parameters: Values, context: QgsProcessingContext) -> str:
        layer = self.parameterAsRasterLayer(parameters, "SCENE", context)
        files = [self.parameterAsFile(parameters, name, context) for name in ("SCENE_FILE", "SCENE_FOLDER")]
        if (layer is not None) + sum(map(bool, files)) != 1:
            return self.tr(
                "What to embed is not said, or more than once; choose a Sentinel-2 layer, a product or a folder."
            )
        if layer is not None and is_embedding(layer):
            return self.tr("“{}” is an embedding already; choose the Sentinel-2 layer.").format(layer.name())
        if layer is not None and layer.bandCount() < FEWEST_BANDS:
            return self.tr("“{}” has too few bands ({}); choose a layer with at least {} Sentinel-2 bands.").format(
                layer.name(), layer.bandCount(), FEWEST_BANDS
            )
        sentence = "" if layer is None else self._why_no_crs(layer, self.parameterAsCrs(parameters, "CRS", context))
        if sentence:
            return sentence
        bands = listed(self.parameterAsString(parameters, "BANDS", context))
        if layer is not None and bands and len(bands) != layer.bandCount():
            return self.tr("“{}” has {} bands, and {} are named; name each of them, in their order.").format(
                layer.name(), layer.bandCount(), len(bands)
            )
        return ""

    def _why_no_crs(self, layer: QgsRasterLayer, given: QgsCoordinateReferenceSystem) -> str:
        if not given.isValid():
            return why_no_crs(layer)
        if not layer.crs().isValid() or same(layer.crs(), given):
            return ""
        return self.tr("“{0}” is in {1}, and {2} was chosen; leave it blank, or set that of the layer.").format(
            layer.name(), name_of(layer.crs()), name_of(given)
        )

    def _why_no_option(self, parameters: Values, context: QgsProcessingContext) -> str:
        values = listed(self.parameterAsString(parameters, "MASK_VALUES", context))
        if values and self.parameterAsRasterLayer(parameters, "MASK", context) is None:
            return self.tr("There are mask values but no mask; choose the raster that holds them.")
        if not all(_VALUES.fullmatch(value) for value in values):
            return self.tr(
                "The mask values are not understood; write numbers or ranges with commas between, as 3,8 or 40-100."
            )
        bits = listed(self.parameterAsString(parameters, "MASK_BITS", context))
        if bits and self.parameterAsRasterLayer(parameters, "MASK", context) is None:
            return self.tr("There are mask bits but no mask; choose the raster that holds them.")
        if bits and values:
            return self.tr("Mask values and mask bits say the same thing twice; give one of them.")
        halo = self.parameterAsString(parameters, "HALO", context)
        if halo and halo != "exact" and not halo.isdigit():
            return self.tr("“{}” is no halo; write a number of pixels or the word exact.").format(halo)
        return ""

    def prepareAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Look also at the CRS that layers were given in QGIS: that of files which have none; and at the extent."""
        layers = [self.parameterAsRasterLayer(parameters, name, context) for name in ("SCENE", "MASK")]
        given = wkt(self.parameterAsCrs(parameters, "CRS", context))
        self._crs = next(filter(None, (crs_to_send(layer) for layer in layers if layer is not None)), given)
        self._area = self._bounds(parameters, context) if parameters.get("EXTENT") else {}
        return super().prepareAlgorithm(parameters, context, feedback)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        reading = self.given(
            parameters,
            context,
            bands=lambda *where: listed(self.parameterAsString(*where)),
            level=self.parameterAsEnumString,
            offset=self.parameterAsDouble,
            scale=self.parameterAsDouble,
            mask=lambda *_: self.raster("MASK"),
            mask_values=lambda *where: [_number(each) for each in listed(self.parameterAsString(*where))],
            mask_bits=lambda *where: listed(self.parameterAsString(*where)),
            exclude_clouds=self.parameterAsBool,
        )
        files = [self.parameterAsFile(parameters, name, context) for name in ("SCENE_FILE", "SCENE_FOLDER")]
        reading["scene"] = self.raster("SCENE") or files[0] or files[1]
        if self._crs:
            reading["crs"] = self._crs
        reading["model"] = self.parameterAsFile(parameters, "MODEL", context) or Settings().model
        computing = self.given(
            parameters,
            context,
            backend=self.parameterAsEnumString,
            tile=self.parameterAsInt,
            halo=lambda *where: _halo(self.parameterAsString(*where)),
            resume=self.parameterAsBool,
        )
        area = dict(self._area)
        if self.vector("AOI") is not None:
            area["aoi"] = self.vector("AOI").file_of_one_layer()
        return {**reading, **computing, **area, "output": self.output("OUTPUT")}

    def _bounds(self, parameters: Values, context: QgsProcessingContext) -> Values:
        """The extent by its coordinates: which pixels these are, the worker finds in the scene's own grid."""
        box = self.parameterAsExtent(parameters, "EXTENT", context)
        crs = self.parameterAsExtentCrs(parameters, "EXTENT", context)
        bounds = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
        return {"bounds": bounds, **({"bounds_crs": wkt(crs)} if crs.isValid() else {})}

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


def listed(text: str) -> list[str]:
    """The entries of a text with commas between them."""
    return [each.strip() for each in (text or "").split(",") if each.strip()]


def _number(text: str) -> int | str:
    """A value as a number, a range as it is."""
    return int(text) if text.lstrip("-").isdigit() else text


def _halo(text: str) -> int | str:
    return text if text == "exact" else int(text)
