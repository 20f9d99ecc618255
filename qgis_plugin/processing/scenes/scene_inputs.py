"""What algorithms have in common that take a scene: which it is, how it is read, and what its network is run by."""

from __future__ import annotations

import re

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ...compat import VECTOR_POLYGON
from ...core.layers import is_embedding
from ...core.sources import crs_to_send, name_of, same, why_no_crs, wkt
from ...settings import Settings
from ..algorithm import Algorithm, Values

LEVELS = ["auto", "l1c", "l2a"]
BACKENDS = ["auto", "onnx", "torch"]
#: A value of a mask, or a range of values.
_VALUES = re.compile(r"-?\d+(\.\d+)?(\s*-\s*-?\d+(\.\d+)?)?")
#: Fewer bands than this say too little.
FEWEST_BANDS = 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("Embed", text)


class OfScene(Algorithm):
    """An algorithm whose verb embeds a scene; its bounds are given as an extent."""

    renamed = {"bounds": "EXTENT"}  # noqa: RUF012 - read only

    def define_scene(self) -> None:
        """Add the parameters that say what is read, and how."""
        number = QgsProcessingParameterNumber.Type
        self.define(
            QgsProcessingParameterRasterLayer("SCENE", _tr("Sentinel-2 layer"), optional=True),
            _tr("A raster file with at least four Sentinel-2 bands, recognised by their names."),
        )
        self.define(
            QgsProcessingParameterFile(
                "SCENE_FILE",
                _tr("… or Sentinel-2 product"),
                optional=True,
                fileFilter=_tr("Sentinel-2 products (*.zip *.json *.xml);;All files (*)"),
            ),
            _tr("Instead of a layer: the zip of a product, or a STAC item (.json)."),
        )
        self.define(
            QgsProcessingParameterFile(
                "SCENE_FOLDER",
                _tr("… or folder"),
                QgsProcessingParameterFile.Behavior.Folder,
                optional=True,
            ),
            _tr("Instead of both: the .SAFE folder of a product, or a folder of single-band files."),
        )
        self.define(
            QgsProcessingParameterExtent("EXTENT", _tr("Extent"), optional=True),
            _tr("Only this part is embedded; by default everything."),
        )
        self.define(
            QgsProcessingParameterFeatureSource("AOI", _tr("Area of interest"), [VECTOR_POLYGON], optional=True),
            _tr("Only pixels inside these polygons are embedded."),
        )
        self.define(
            QgsProcessingParameterEnum(
                "LEVEL",
                _tr("Processing level"),
                options=LEVELS,
                defaultValue="auto",
                usesStaticStrings=True,
            ),
            _tr("L1C is top-of-atmosphere, L2A surface reflectance; auto reads it from the metadata."),
        )
        self.define(
            QgsProcessingParameterCrs("CRS", _tr("Coordinate reference system"), optional=True),
            _tr("That of a product or folder whose files have none; a layer has its own."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterString("BANDS", _tr("Bands"), optional=True),
            _tr("What the layer's bands are when their names do not say it, for example B02,B03,B04,B08."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber("OFFSET", _tr("Offset"), number.Double, optional=True),
            _tr(
                "Added to reflectance × 10000: -1000 (reflectance -0.1) for products of baseline 04.00 and later, else"
                " 0; blank: from the metadata."
            ),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber("SCALE", _tr("Scale"), number.Double, optional=True, minValue=0),
            _tr("Reflectance of one raw unit, for example 0.0001; blank: from the metadata."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterRasterLayer("MASK", _tr("Mask"), optional=True),
            _tr("A raster of pixels to leave out, clouds for example."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterString("MASK_VALUES", _tr("Mask values"), optional=True),
            _tr(
                "Values of the mask that are left out, for example 3,8,9,10, or a range such as 40-100; blank: what a"
                " known mask (SCL, Fmask, MAJA) calls cloud, else all but 0."
            ),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterString("MASK_BITS", _tr("Mask bits"), optional=True),
            _tr("Bits of the mask that are left out if it is a bit field: numbers from 0, or names such as cloud."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterBoolean("EXCLUDE_CLOUDS", _tr("Leave out clouds"), defaultValue=False),
            _tr("Leaves out what the product's scene classification calls cloud, shadow or cirrus."),
            advanced=True,
        )

    def define_computing(self, name: str, label: str) -> None:
        """Add the parameters that say what it is embedded by; the model is called so."""
        number = QgsProcessingParameterNumber.Type
        self.define(
            QgsProcessingParameterFile(
                name,
                label,
                optional=True,
                # Not QGIS' own "*.*", which a name has no dot for.
                fileFilter=_tr("Models (*.onnx *.safetensors);;All files (*)"),
            ),
            _tr("Name or file of a model; blank: the one chosen in the options of MMEarth."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterEnum(
                "BACKEND", _tr("Backend"), options=BACKENDS, defaultValue="auto", usesStaticStrings=True
            ),
            _tr("What runs the model: onnx on the processor, or torch on a graphics card."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber("TILE", _tr("Tile"), number.Integer, optional=True, minValue=1),
            _tr("Side in pixels of what is computed at once; smaller needs less memory. Blank: what suits 2 GB."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterString("HALO", _tr("Halo"), optional=True),
            _tr("Context in pixels around each tile, or “exact”; blank: what the model needs."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterBoolean("RESUME", _tr("Go on with an interrupted run"), defaultValue=True),
            _tr("Uses the tiles that an interrupted run with the same parameters has finished."),
            advanced=True,
        )

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        return self._why_no_scene(parameters, context) or self._why_no_option(parameters, context)

    def _why_no_scene(self, parameters: Values, context: QgsProcessingContext) -> str:
        layer = self.parameterAsRasterLayer(parameters, "SCENE", context)
        files = [self.parameterAsFile(parameters, name, context) for name in ("SCENE_FILE", "SCENE_FOLDER")]
        if (layer is not None) + sum(map(bool, files)) != 1:
            return _tr(
                "What to embed is not said, or more than once; choose a Sentinel-2 layer, a product or a folder."
            )
        if layer is not None and is_embedding(layer):
            return _tr("“{}” is an embedding already; choose the Sentinel-2 layer.").format(layer.name())
        if layer is not None and layer.bandCount() < FEWEST_BANDS:
            return _tr("“{}” has too few bands ({}); choose a layer with at least {} Sentinel-2 bands.").format(
                layer.name(), layer.bandCount(), FEWEST_BANDS
            )
        sentence = "" if layer is None else self._why_no_crs(layer, self.parameterAsCrs(parameters, "CRS", context))
        if sentence:
            return sentence
        bands = listed(self.parameterAsString(parameters, "BANDS", context))
        if layer is not None and bands and len(bands) != layer.bandCount():
            return _tr("“{}” has {} bands, and {} are named; name each of them, in their order.").format(
                layer.name(), layer.bandCount(), len(bands)
            )
        return ""

    def _why_no_crs(self, layer: QgsRasterLayer, given: QgsCoordinateReferenceSystem) -> str:
        if not given.isValid():
            return why_no_crs(layer)
        if not layer.crs().isValid() or same(layer.crs(), given):
            return ""
        return _tr("“{0}” is in {1}, and {2} was chosen; leave it blank, or set that of the layer.").format(
            layer.name(), name_of(layer.crs()), name_of(given)
        )

    def _why_no_option(self, parameters: Values, context: QgsProcessingContext) -> str:
        values = listed(self.parameterAsString(parameters, "MASK_VALUES", context))
        if values and self.parameterAsRasterLayer(parameters, "MASK", context) is None:
            return _tr("There are mask values but no mask; choose the raster that holds them.")
        if not all(_VALUES.fullmatch(value) for value in values):
            return _tr(
                "The mask values are not understood; write numbers or ranges with commas between, as 3,8 or 40-100."
            )
        bits = listed(self.parameterAsString(parameters, "MASK_BITS", context))
        if bits and self.parameterAsRasterLayer(parameters, "MASK", context) is None:
            return _tr("There are mask bits but no mask; choose the raster that holds them.")
        if bits and values:
            return _tr("Mask values and mask bits say the same thing twice; give one of them.")
        halo = self.parameterAsString(parameters, "HALO", context)
        if halo and halo != "exact" and not halo.isdigit():
            return _tr("“{}” is no halo; write a number of pixels or the word exact.").format(halo)
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

    def of_scene(self, parameters: Values, context: QgsProcessingContext) -> Values:
        """The arguments of the verb that are about the scene and how it is embedded, but for the model."""
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
        return {**reading, **computing, **area}

    def encoder(self, parameters: Values, context: QgsProcessingContext, name: str) -> str:
        """What embeds: a name or file, by default that of the options."""
        return self.parameterAsFile(parameters, name, context) or Settings().model

    def _bounds(self, parameters: Values, context: QgsProcessingContext) -> Values:
        """The extent by its coordinates: which pixels these are, the worker finds in the scene's own grid."""
        box = self.parameterAsExtent(parameters, "EXTENT", context)
        crs = self.parameterAsExtentCrs(parameters, "EXTENT", context)
        bounds = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
        return {"bounds": bounds, **({"bounds_crs": wkt(crs)} if crs.isValid() else {})}


def listed(text: str) -> list[str]:
    """The entries of a text with commas between them."""
    return [each.strip() for each in (text or "").split(",") if each.strip()]


def _number(text: str) -> int | str:
    """A value as a number, a range as it is."""
    return int(text) if text.lstrip("-").isdigit() else text


def _halo(text: str) -> int | str:
    return text if text == "exact" else int(text)
