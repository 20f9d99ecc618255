"""`mmearth:fit`: embeddings and samples become a model of classes, and a validation that says how far to trust it."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
)

from ..compat import RASTER_LIST, VECTOR_ANY_GEOMETRY
from ..core.numbers import decimal
from .algorithm import CLASS_FIELD, MAPPING, Values
from .set_inputs import WORKING_SET, OfEmbedding


class Fit(OfEmbedding):
    """The verb `fit`; the first pair of embedding and samples has parameters of its own."""

    verb, symbol, section = "fit", "samples", MAPPING
    renamed = {"embeddings": "EMBEDDING"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Fit classes to samples")

    def words(self) -> str:
        return "train,training,classifier,classification,few-shot,land cover,samples,polygons"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr(
                "Learns classes from the pixels of an embedding under a few labelled polygons or points. Places that"
                " were left out in turn tell how well the classes are recognised."
            ),
            self.tr(
                "A small model file (.json) for “Classify embedding”, which may be used on every embedding of the same"
                " encoder, and the accuracy by cross-validation over places."
            ),
            self.tr(
                "Several small polygons in different places teach more than a large one; five in each class are a good"
                " beginning."
            ),
        )

    def define_own(self) -> None:
        self.define_embedding()
        self.define(
            QgsProcessingParameterFeatureSource("SAMPLES", self.tr("Samples"), [VECTOR_ANY_GEOMETRY], optional=True),
            self.tr(
                "Polygons, lines or points on the embedding, also unsaved ones; at least two classes. Blank for a"
                " working set that names its samples."
            ),
        )
        self.define(
            QgsProcessingParameterField(
                "FIELD",
                self.tr("Class field"),
                defaultValue=CLASS_FIELD,
                parentLayerParameterName="SAMPLES",
                optional=True,
            ),
            self.tr("The field that names the class of each sample; blank: class."),
        )
        self.define(
            QgsProcessingParameterEnum(
                "DATES",
                self.tr("Several dates"),
                options=["vote", "together"],
                defaultValue="vote",
                usesStaticStrings=True,
            ),
            self.tr(
                "How the dates of a working set decide: vote, each with a model of its own, where it is clear;"
                " together, all in one model, where every date is clear."
            ),
        )
        self.define(
            QgsProcessingParameterMultipleLayers(
                "MORE_EMBEDDINGS", self.tr("More embeddings"), RASTER_LIST, optional=True
            ),
            self.tr("Embeddings of other scenes by the same encoder, to learn from all together."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterMultipleLayers(
                "MORE_SAMPLES", self.tr("More samples"), VECTOR_ANY_GEOMETRY, optional=True
            ),
            self.tr("The samples on them, in the same order and with the same class field."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber(
                "BLOCK",
                self.tr("Validation distance in metres"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
                minValue=0,
            ),
            self.tr(
                "Samples within this distance count as one place, and are left out together; blank: what the model sees"
                " around a pixel, less where that would leave too few places."
            ),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber(
                "UNLABELLED", self.tr("Pixels without a label"), defaultValue=2000, minValue=0
            ),
            self.tr("Pixels of the embeddings to learn from as well, though nobody labelled them; 0 for none."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterEnum(
                "PRIOR",
                self.tr("Common classes"),
                options=["tempered", "none"],
                defaultValue="tempered",
                usesStaticStrings=True,
            ),
            self.tr("tempered: classes that are common win doubtful pixels, a little; none: all classes count alike."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber("SEED", self.tr("Seed"), defaultValue=0, minValue=0),
            self.tr("The same input and seed give the same model."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterFileDestination("OUTPUT", self.tr("Model of classes"), "JSON (*.json)"),
            self.tr("The file to write."),
        )
        self.addOutput(QgsProcessingOutputNumber("ACCURACY", self.tr("Accuracy by cross-validation, 0 to 1")))
        self.addOutput(QgsProcessingOutputNumber("CLASSES", self.tr("Number of classes")))
        self.addOutput(QgsProcessingOutputNumber("POLYGONS", self.tr("Number of samples")))
        self.addOutput(QgsProcessingOutputNumber("PIXELS", self.tr("Number of pixels")))
        self.addOutput(QgsProcessingOutputString("CLASS_NAMES", self.tr("Names of the classes")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        sentence = super().why_not(parameters, context)
        sentence = sentence or self.why_no_field(parameters, "SAMPLES", "FIELD", context)
        if sentence:
            return sentence
        named = any(place.has_samples for place in self.places(parameters, context))
        if not parameters.get("SAMPLES") and not named:
            return self.tr("There are no samples to learn from; choose a layer of samples.")
        if parameters.get(WORKING_SET) and (parameters.get("MORE_EMBEDDINGS") or parameters.get("MORE_SAMPLES")):
            return self.tr("A working set holds all embeddings and samples; add the further ones to it.")
        embeddings = self.parameterAsLayerList(parameters, "MORE_EMBEDDINGS", context)
        samples = self.parameterAsLayerList(parameters, "MORE_SAMPLES", context)
        if len(embeddings) != len(samples):
            return self.tr("Further embeddings: {}, layers of their samples: {}; give each its own.").format(
                len(embeddings), len(samples)
            )
        return self.why_no_embeddings(parameters, "MORE_EMBEDDINGS", context)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        field = self.field(parameters, "FIELD", context)
        further, more = self.raster("MORE_EMBEDDINGS"), self.vector("MORE_SAMPLES")
        layer, samples = None, []
        if more:
            samples = [each.file_of_one_layer([field]) for each in (self.vector("SAMPLES"), *more)]
        elif self.vector("SAMPLES") is not None:
            path, layer = self.vector("SAMPLES").file([field])
            samples = [path]
        return {
            "embeddings": [self.embedding(parameters, context), *further],
            "samples": samples,
            "layer": layer,
            "field": field,
            "output": self.output("OUTPUT"),
            "dates": self.parameterAsEnumString(parameters, "DATES", context),
            "unlabelled": self.parameterAsInt(parameters, "UNLABELLED", context),
            "prior": self.parameterAsEnumString(parameters, "PRIOR", context),
            "seed": self.parameterAsInt(parameters, "SEED", context),
            **self.given(parameters, context, block=self.parameterAsDouble),
        }

    def report(self, result: Values) -> str:
        training, validation = result["probe"]["training"], result["validation"]
        lines = [
            self.tr("{} classes from {} pixels of {} samples.").format(
                len(result["probe"]["classes"]), training["pixels"], training["polygons"]
            ),
            *result["messages"],
        ]
        if validation["accuracy"] is None:
            lines.append(self.tr("Draw samples of each class in two distant places or more to learn more."))
            return "\n".join(lines)
        low, high = validation["interval95"]
        lines.append(
            self.tr("Accuracy on {} places that were left out: {}\xa0% (95\xa0% interval {} to {}\xa0%).").format(
                validation["left_out"], *(decimal(100 * share, 1) for share in (validation["accuracy"], low, high))
            )
        )
        lines.append(
            self.tr("Samples within {} m of each other count as one place.").format(decimal(validation["block_m"]))
        )
        if validation["block_m"] < validation["sight_m"]:
            lines.append(
                self.tr("The model sees {} m around a pixel: the accuracy may be too good.").format(
                    decimal(validation["sight_m"])
                )
            )
        for name, score in validation["f1"].items():
            shown = "–" if score is None else decimal(score, 2)
            lines.append(self.tr("  {}: F1 {} from {} places").format(name, shown, validation["places"][name]))
        return "\n".join(lines)

    def results(self, result: Values) -> Values:
        training = result["probe"]["training"]
        return {
            "ACCURACY": result["validation"]["accuracy"],
            "CLASSES": len(result["probe"]["classes"]),
            "POLYGONS": training["polygons"],
            "PIXELS": training["pixels"],
            "CLASS_NAMES": ", ".join(result["probe"]["classes"].values()),
        }
