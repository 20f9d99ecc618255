"""What a sentence of an error must say: the thing it is about, what is wrong, and last what to do."""

import re

#: First words of a clause that says what to do.
_VERB = re.compile(
    r"(?:add|adjust|allow|ask|assess|assign|classify|count|smooth|begin|bring|build|calibrate|change|check|choose|clear|click|close|"
    r"compute|convert|copy|correct|create|cut|declare|delete|divide|download|draw|drop|embed|empty|end|"
    r"enlarge|export|fetch|fill|find|fit|free|get|give|go|hold|install|join|keep|leave|let|log|look|lower|"
    r"make|mend|merge|move|open|pass|pick|press|put|quit|raise|read|reduce|remove|rename|repair|replace|"
    r"report|reproject|restart|restore|resume|reverse|run|save|say|see|select|send|sort|start|stop|switch|"
    r"take|tell|try|turn|type|unlock|unpack|update|upgrade|use|wait|write|zoom)$"
)
#: Those that are things as well: what they are about must follow.
_VERB_OR_THING = re.compile(
    r"(?:change|clear|close|copy|cut|draw|empty|end|fit|free|hold|label|let|list|look|map|mask|move|name|open|order|"
    r"place|press|read|report|run|scale|set|show|sort|start|stop|test|turn)$"
)
_OBJECT = re.compile(
    r"(?:an?|the|one|it|its|them|that|this|each|every|both|all|some|here|there|what|which|how|at|to|in|by|into|of"
    r"|again|up|another|other|on|or|samples|whole|elsewhere|images|more|fewer|larger|smaller|mmearth)\b|[`{“<(:]"
)
#: What may stand before a verb in its clause.
_LEADING = re.compile(
    r"^(?:(?:or|and|then|so|[Ee]lse|otherwise|first|either|please|better|instead|again|in QGIS|to go on"
    r"|(?:if|for|to|where|when|once|until|with|on|in|by|after|before|over)\b[^,;]*,)\s+)+"
)
_HELD = re.compile(r"\([^()]*\)")
#: What the source calls what to do, where that comes from elsewhere: each value of these is looked at by itself.
_WHAT_TO_DO = {"{remedy}", "{self.about.ask}"}
#: Ends of a sentence or of a clause, which a name of a file or a number has not.
_ENDS = re.compile(r"(?<=[.;?!])\s+|\s+[—–]\s+")
#: A thing that a sentence speaks of: a value put in, an option, what stands in quotes.
_NAMED = re.compile(r"\{[^{}]*\}|`[^`]+`|“[^“”]+”|'[^']+'|--\w")
#: Things that there is one of where the sentence is read.
_THINGS = re.compile(
    r"\b(?:alpha|areas?|array|bands?|calibration|cache|chang\w+|class(?:es)?|clusters|columns?|computer|connection"
    r"|copy|datasets?|dates?|disk|embeddings?|encoder|environment|example|features?|fields?|files?|folder|GPU|ground|"
    r"image|inputs?|mask|layers?|maps?|memory|model|output|package|pixels?|places?|plugin|points?|polygons?|process|"
    r"projects?|Python|QGIS|report|sample|samples|scenes?|seed|server|shapes?|standard output|surface|tab|tiles?|"
    r"tool|views?|worker|working set)\b",
    re.IGNORECASE,
)


def wrong_with(sentence: str) -> str:
    """What a sentence of an error lacks; empty when it names the thing, says what is wrong and ends with what to do.

    What is put in stands as `{…}`.
    """
    plain = _HELD.sub("(…)", sentence).strip()
    told = [each.strip() for each in _ENDS.split(plain) if each.strip()]
    asked = [number for number, clause in enumerate(told) if says_what_to_do(clause)]
    if not _NAMED.search(sentence) and not _THINGS.search(sentence):
        return "names nothing"
    if not asked or asked[-1] < len(told) - 1 - _is_side_remark(told[-1]):
        return "does not end with what to do"
    said = re.findall(r"\w+|\{[^{}]*\}", " ".join(told[: asked[0]]) or _before_the_verb(told[0]))
    return "" if len(said) >= 2 else "does not say what is wrong"


def says_what_to_do(clause: str) -> bool:
    """Whether a clause, or a part of it after a comma, asks for something."""
    return any(_asks(part) for ends in (r",\s+", r"[,:]\s+") for part in re.split(ends, _LEADING.sub("", clause)))


def _asks(part: str) -> bool:
    words = _LEADING.sub("", part.strip()).rstrip(".").split(maxsplit=1)
    if not words:
        return False
    if words[0] in _WHAT_TO_DO:
        return True
    verb, rest = words[0].lower().rstrip(":"), words[1] if len(words) > 1 else ""
    if verb == "do" and rest.startswith("not "):
        return True
    if _VERB_OR_THING.match(verb):
        return _OBJECT.match(rest) is not None or words[0].endswith(":")
    return _VERB.match(verb) is not None and bool(rest)


def _is_side_remark(clause: str) -> bool:
    """What may follow after what to do: that work is kept, an example, a value of a list."""
    return bool(re.match(r"(?:nothing (?:was|is)|what (?:arrived|was)|finished|for example|then\b)", clause.lower()))


def _before_the_verb(clause: str) -> str:
    parts = re.split(r",\s+", clause)
    first = next((number for number, part in enumerate(parts) if _asks(part)), len(parts))
    return ", ".join(parts[:first])
