"""XML of strangers: parsed without entities and outside documents, with one error for all that can be wrong with it."""

from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring


class DamagedXmlError(ValueError):
    """What was read is no XML, or XML that is not trusted."""


def parsed_xml(content: str | bytes) -> Any:
    """The root of an XML document, an `Element` of ElementTree.

    Raises `DamagedXmlError` for what is no XML, is of an unknown encoding, or declares entities.
    """
    try:
        return fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise DamagedXmlError(str(error)) from error
