"""What the schema of the SpaceAPI, version 15, asks of a status; written anew from its text."""

from jsonschema import Draft7Validator

TEXT, NUMBER = {"type": "string"}, {"type": "number"}

SCHEMA = {
    "type": "object",
    "required": ["api_compatibility", "space", "logo", "url", "contact"],
    "properties": {
        "api_compatibility": {"type": "array", "items": TEXT, "contains": {"const": "15"}},
        "space": TEXT,
        "logo": TEXT,
        "url": TEXT,
        "location": {
            "type": "object",
            "minProperties": 1,
            "properties": {
                "address": TEXT,
                "lat": NUMBER,
                "lon": NUMBER,
                "timezone": TEXT,
                "country_code": TEXT,
                "hint": TEXT,
            },
            "dependencies": {"lat": ["lon"], "lon": ["lat"]},
            "additionalProperties": False,
        },
        "contact": {"type": "object", "properties": {"email": TEXT, "phone": TEXT}},
        "state": {
            "type": "object",
            "properties": {"open": {"type": "boolean"}, "lastchange": NUMBER, "message": TEXT},
        },
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "url"],
                "properties": {"name": TEXT, "url": TEXT, "description": TEXT},
            },
        },
    },
}


def problems_of(status: object) -> list[str]:
    """What is wrong with a status, in words."""
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(status)]
