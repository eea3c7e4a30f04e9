"""The words that inventories use, in the languages of the labs that wrote them.

Every word is written folded (see `folded`): lower case, without accents or punctuation.
"""

from machines.vocabulary.headers import HEADERS, INSTRUCTION_AND_FORM, MANY, PRICED, Field
from machines.vocabulary.kinds import INDUCTIONS, KINDS, LANGUAGES, Kind, kind_of
from machines.vocabulary.rows import is_note, is_title, why_not_a_machine
from machines.vocabulary.words import (
    DOWN,
    FREE,
    GONE,
    NO,
    NUMBERED_MODELS,
    SIDES,
    YES,
    folded,
    says,
)

__all__ = [
    "DOWN",
    "FREE",
    "GONE",
    "HEADERS",
    "INDUCTIONS",
    "INSTRUCTION_AND_FORM",
    "KINDS",
    "LANGUAGES",
    "MANY",
    "NO",
    "NUMBERED_MODELS",
    "PRICED",
    "SIDES",
    "YES",
    "Field",
    "Kind",
    "folded",
    "is_note",
    "is_title",
    "kind_of",
    "says",
    "why_not_a_machine",
]
