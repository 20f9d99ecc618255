"""What the proposal of a STAC embeddings extension (geo-embeddings/embeddings-stac-specification, v0.0.1) demands.

Its rules as read in its JSON schema, written down anew: what an Item and a Collection must and may hold beyond STAC
itself. Of their prefix nothing else is allowed.
"""

from typing import Any

EXTENSION = "https://stac-extensions.github.io/embeddings/v0.0.1/schema.json"


def only(**fields: Any) -> dict[str, Any]:
    """A mapping with no other field of the prefix than these."""
    return {
        "type": "object",
        "properties": fields,
        "patternProperties": {"^(?!emb:)": {}},
        "additionalProperties": False,
    }


def listed(kind: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": kind}}


def having(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(fields), "properties": fields}


def linked(rel: str) -> dict[str, Any]:
    href = {"type": "string", "minLength": 1, "format": "iri-reference"}
    return {"contains": having(rel={"const": rel}, href=href)}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
#: `processing:expression` of the Processing extension v1.2.0.
EXPRESSION = having(format=TEXT, expression={})
QUANTISATION = {
    **having(method=TEXT, original_dtype=TEXT),
    "properties": {
        "method": TEXT, "original_dtype": TEXT, "quantized_dtype": TEXT, "scale": listed("number"),
        "offset": listed("number"), "link": having(rel=TEXT, href=TEXT),
    },
    "additionalProperties": False,
}  # fmt: skip
UNCERTAINTY = {"type": "object", "properties": {"method": TEXT, "description": TEXT}, "additionalProperties": False}
DECLARED = {"stac_extensions": {"type": "array", "contains": {"const": EXTENSION}}}
ASSETS = {"type": "object", "additionalProperties": only()}

ITEM = {
    "type": "object",
    "required": ["type", "stac_version", "stac_extensions", "properties", "assets"],
    "properties": {
        **DECLARED,
        "type": {"const": "Feature"},
        "stac_version": {"const": "1.0.0"},
        "properties": only(
            **{
                "emb:runtime_parameters": {"type": "object"},
                "emb:preprocessing": EXPRESSION,
                "emb:postprocessing": EXPRESSION,
                "emb:fit_for_use": listed("string"),
                "emb:spatial_coverage": TEXT,
                "emb:uncertainty": UNCERTAINTY,
                "emb:quantization": QUANTISATION,
                "emb:energy": {"type": "object"},
            }
        ),
        "assets": {**ASSETS, "required": ["embeddings"]},
    },
}

COLLECTION = {
    "allOf": [
        {
            "type": "object",
            "required": [
                *("type", "stac_version", "stac_extensions", "id", "license", "extent"),
                *("emb:type", "emb:dimensions", "data_type", "links"),
            ],
            "properties": {
                **DECLARED,
                "type": {"const": "Collection"},
                "stac_version": {"const": "1.0.0"},
                "license": {"type": "string", "pattern": r"^[\w\-\.\+]+$"},
                "links": {"type": "array", "allOf": [linked("emb:model"), linked("emb:source-data")]},
                "assets": ASSETS,
                "item_assets": ASSETS,
            },
        },
        only(
            **{
                "emb:type": {"enum": ["pixel", "chip"]},
                "emb:dimensions": {"type": "integer", "minimum": 1},
                "data_type": TEXT,
                "gsd": NUMBER,
                "emb:chip_layout": {"type": "object"},
                "emb:temporal_resolution": TEXT,
                "emb:fit_for_use": listed("string"),
                "emb:uncertainty": UNCERTAINTY,
            }
        ),
    ]
}
