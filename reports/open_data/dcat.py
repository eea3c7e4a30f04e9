"""What open data there is, described as DCAT-AP CH asks for it."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from reports.licences import EU, LICENCE_CODES, LICENCE_TERMS, Licence
from reports.models import OpenData, PublishedMonth
from reports.open_data.places import Asked, Json, address, page_of

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

MEDIA = {"json": "application/json", "csv": "text/csv", "jsonld": "application/ld+json"}
FILE_TYPES = {"json": "JSON", "csv": "CSV", "jsonld": "JSON_LD"}

TITLES = {
    "machines": _("Machines"),
    "openings": _("Opening hours"),
    "figures": _("Use of the machines by month"),
}
TEXTS = {
    "machines": _("Every machine of the public catalogue with its make, model and specifications."),
    "openings": _("When the space is open, staffed or closed in the four weeks to come."),
    "figures": _(
        "Hours open, used and booked by month. What fewer than five people did is hidden."
    ),
}
OFTEN = {"machines": "IRREG", "openings": "DAILY", "figures": "MONTHLY"}


def catalogue(asked: Asked) -> Json:
    """The catalogue of every space that publishes, with a fixed number of queries."""
    months = _months(asked)
    return {
        "@context": CONTEXT,
        "@type": "dcat:Catalog",
        "@id": address("reports:open_data"),
        "dct:title": in_every_language(_("Open data of the spaces")),
        "dct:description": in_every_language(_("What spaces with shared machines publish.")),
        "dct:publisher": _agent("Établi", settings.BASE_URL),
        "foaf:homepage": {"@id": settings.BASE_URL},
        "dct:language": [{"@id": f"{EU}/language/{code}"} for code in ("ENG", "FRA", "DEU", "ITA")],
        "dcat:dataset": [
            _dataset(setting, name, months.get(setting.space_id, []))
            for setting in asked.settings
            for name in TITLES
        ],
    }


def _months(asked: Asked) -> dict[int, list[PublishedMonth]]:
    months: dict[int, list[PublishedMonth]] = {}
    for row in PublishedMonth.objects.filter(space__in=asked.spaces).defer("content"):
        months.setdefault(row.space_id, []).append(row)
    return months


def _dataset(setting: OpenData, name: str, months: list[PublishedMonth]) -> Json:
    space = setting.space
    about = f"{page_of(space)}#{name}"
    dataset: Json = {
        "@type": "dcat:Dataset",
        "@id": about,
        "dct:identifier": f"{name}@{space.slug}",
        "dct:title": in_every_language(TITLES[name], f"{space.name}: "),
        "dct:description": in_every_language(TEXTS[name]),
        "dct:publisher": _agent(space.name, page_of(space)),
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": space.name,
            **({"vcard:hasEmail": {"@id": f"mailto:{space.email}"}} if space.email else {}),
        },
        "dcat:landingPage": {"@id": page_of(space)},
        "dct:accrualPeriodicity": {"@id": f"{EU}/frequency/{OFTEN[name]}"},
        "dcat:theme": [{"@id": f"{EU}/data-theme/TECH"}],
        "dct:issued": _moment(setting.changed_at.isoformat()),
        "dcat:distribution": [_distribution(setting, name, form) for form in MEDIA],
    }
    if name == "figures" and months:
        dataset["dct:modified"] = _moment(max(each.frozen_at for each in months).isoformat())
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {
                "@type": "xsd:gYearMonth",
                "@value": f"{min(each.month for each in months):%Y-%m}",
            },
        }
    return dataset


def _distribution(setting: OpenData, name: str, form: str) -> Json:
    url = address("api:open_data_of_space", setting.space.slug, name, form)
    licence = Licence(setting.licence)
    return {
        "@type": "dcat:Distribution",
        "@id": url,
        "dct:title": in_every_language(TITLES[name]),
        "dcat:accessURL": {"@id": page_of(setting.space)},
        "dcat:downloadURL": {"@id": url},
        "dct:license": {"@id": LICENCE_CODES[licence]},
        "dct:rights": {"@id": LICENCE_TERMS[licence]},
        "dct:format": {"@id": f"{EU}/file-type/{FILE_TYPES[form]}"},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{MEDIA[form]}"},
    }


def in_every_language(text: Promise, before: str = "") -> list[Json]:
    """A text of ours in each language that is offered."""
    told: list[Json] = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            told.append({"@language": code, "@value": f"{before}{text}"})
    return told


def _agent(name: str, url: str) -> Json:
    return {"@type": "foaf:Organization", "foaf:name": name, "foaf:homepage": {"@id": url}}


def _moment(text: str) -> Json:
    return {"@type": "xsd:dateTime", "@value": text}
