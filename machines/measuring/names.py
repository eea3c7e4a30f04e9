"""The specs and the materials that have a name here, and the words for them in four languages.

Words are written plain (see `quantities.plain`): in lower case and without accents.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from machines.measuring.quantities import Dimension


class Measurable(TextChoices):
    """What of a machine is kept in numbers."""

    LENGTH = "length", _("work area, longer side")
    WIDTH = "width", _("work area, shorter side")
    HEIGHT = "height", _("work height")
    CUTS = "cuts", _("cuts")
    LASER_POWER = "laser_power", _("laser power")
    POWER = "power", _("power")
    NOZZLE = "nozzle", _("nozzle")
    LAYER = "layer", _("layer height")
    FILAMENT = "filament", _("filament")
    BED_TEMPERATURE = "bed_temperature", _("temperature of the bed")
    TEMPERATURE = "temperature", _("temperature")
    TURNS = "turns", _("turning speed")
    SPEED = "speed", _("speed")
    VOLTAGE = "voltage", _("voltage")
    WEIGHT = "weight", _("weight")
    RESOLUTION = "resolution", _("resolution")


class Material(TextChoices):
    """What machines work on and with, as far as its thickness is told."""

    ACRYLIC = "acrylic", _("acrylic")
    PLYWOOD = "plywood", _("plywood")
    MDF = "mdf", _("MDF")
    WOOD = "wood", _("wood")
    CARDBOARD = "cardboard", _("cardboard")
    PAPER = "paper", _("paper")
    LEATHER = "leather", _("leather")
    FELT = "felt", _("felt")
    TEXTILE = "textile", _("textile")
    STAINLESS = "stainless", _("stainless steel")
    STEEL = "steel", _("steel")
    ALUMINIUM = "aluminium", _("aluminium")
    BRASS = "brass", _("brass")
    COPPER = "copper", _("copper")
    FOAM = "foam", _("foam")
    POLYCARBONATE = "polycarbonate", _("polycarbonate")
    RUBBER = "rubber", _("rubber")
    GLASS = "glass", _("glass")
    CORK = "cork", _("cork")


AREA = (Measurable.LENGTH, Measurable.WIDTH, Measurable.HEIGHT)
"""The sides of a work area: longest first, what stands upright last."""

DIMENSIONS = {
    **dict.fromkeys((*AREA, Measurable.CUTS), Dimension.LENGTH),
    Measurable.LASER_POWER: Dimension.POWER,
    Measurable.POWER: Dimension.POWER,
    Measurable.NOZZLE: Dimension.LENGTH,
    Measurable.LAYER: Dimension.LENGTH,
    Measurable.FILAMENT: Dimension.LENGTH,
    Measurable.BED_TEMPERATURE: Dimension.TEMPERATURE,
    Measurable.TEMPERATURE: Dimension.TEMPERATURE,
    Measurable.TURNS: Dimension.TURNS,
    Measurable.SPEED: Dimension.SPEED,
    Measurable.VOLTAGE: Dimension.VOLTAGE,
    Measurable.WEIGHT: Dimension.MASS,
    Measurable.RESOLUTION: Dimension.RESOLUTION,
}

UNNAMED = {
    Dimension.POWER: Measurable.POWER,
    Dimension.TEMPERATURE: Measurable.TEMPERATURE,
    Dimension.TURNS: Measurable.TURNS,
    Dimension.SPEED: Measurable.SPEED,
    Dimension.VOLTAGE: Measurable.VOLTAGE,
    Dimension.MASS: Measurable.WEIGHT,
    Dimension.RESOLUTION: Measurable.RESOLUTION,
}
"""What a value is taken for where no word says; a length alone could be anything."""

IS_ALSO = {
    Measurable.POWER: (Measurable.POWER, Measurable.LASER_POWER),
    Measurable.TEMPERATURE: (Measurable.TEMPERATURE, Measurable.BED_TEMPERATURE),
}
"""Who asks for the first is served by each of these."""

SERVES = {
    Material.WOOD: (Material.WOOD, Material.PLYWOOD, Material.MDF),
    Material.STEEL: (Material.STEEL, Material.STAINLESS),
}
"""Who asks for the first is served by a machine that is told to cut one of these."""

_WORDS: Mapping[Measurable, str] = {
    Measurable.LENGTH: (
        "work area|working area|workspace|work size|bed size|build volume|build size|build area"
        "|printing area|print area|cutting width|bed|arbeitsflache|arbeitsbereich|bauraum"
        "|druckbereich|schnittbreite|arbeitsraum|surface de travail|zone de travail"
        "|volume d’impression|volume d'impression|largeur de coupe|plateau|area di lavoro"
        "|volume di stampa|larghezza di taglio|piano"
    ),
    Measurable.HEIGHT: (
        "work height|height|clearance|arbeitshohe|hohe|durchlass|hauteur de travail|hauteur"
        "|altezza di lavoro|altezza"
    ),
    Measurable.CUTS: (
        "cutting thickness|material thickness|cutting depth|thickness|cuts|cut|cutting|schnittdicke"
        "|materialstarke|materialdicke|dicke|schneidet|schneiden|epaisseur de coupe|epaisseur"
        "|decoupe|decouper|coupe|couper|spessore di taglio|spessore|taglia|tagliare|taglio"
    ),
    Measurable.LASER_POWER: (
        "laser power|tube power|laserleistung|puissance laser|puissance du laser|potenza laser"
        "|potenza del laser"
    ),
    Measurable.POWER: "power|leistung|puissance|potenza",
    Measurable.NOZZLE: "nozzles|nozzle|duse|dusen|buse|buses|ugello|ugelli",
    Measurable.LAYER: (
        "layer height|layer thickness|layers|layer|schichthohe|schichtdicke|schicht"
        "|hauteur de couche|epaisseur de couche|couche|couches|altezza dello strato"
        "|altezza strato|strato|strati"
    ),
    Measurable.FILAMENT: "filament|filamento",
    Measurable.BED_TEMPERATURE: (
        "bed temperature|betttemperatur|heizbett|heated bed|temperature du plateau"
        "|temperatura del piano"
    ),
    Measurable.TEMPERATURE: "temperature|temperatur|temperatura",
    Measurable.TURNS: (
        "spindle speed|spindle|turning speed|drehzahl|spindel|vitesse de broche|broche"
        "|vitesse de rotation|velocita del mandrino|mandrino|velocita di rotazione"
    ),
    Measurable.SPEED: "speed|geschwindigkeit|vitesse|velocita",
    Measurable.VOLTAGE: "voltage|spannung|tension|tensione",
    Measurable.WEIGHT: "weight|gewicht|last|poids|charge|peso|carico",
    Measurable.RESOLUTION: "resolution|auflosung|risoluzione",
}

_MATERIALS: Mapping[Material, str] = {
    Material.ACRYLIC: (
        "acrylic|pmma|plexiglass|plexiglas|plexi|acryl|acrylglas|acrylique|acrilico|plexiglas"
    ),
    Material.PLYWOOD: "plywood|sperrholz|multiplex|contreplaque|compensato|multistrato",
    Material.MDF: "mdf",
    Material.WOOD: "wood|holz|massivholz|bois|legno",
    Material.CARDBOARD: "cardboard|karton|wellkarton|carton|cartone",
    Material.PAPER: "paper|papier|carta",
    Material.LEATHER: "leather|leder|cuir|cuoio|pelle",
    Material.FELT: "felt|filz|feutre|feltro",
    Material.TEXTILE: "textile|textiles|fabric|stoff|stoffe|textilien|tissu|tissus|tessuto|tessuti",
    Material.STAINLESS: "stainless steel|stainless|edelstahl|inox|acier inoxydable|acciaio inox",
    Material.STEEL: "steel|stahl|acier|acciaio",
    Material.ALUMINIUM: "aluminium|aluminum|alu|alluminio",
    Material.BRASS: "brass|messing|laiton|ottone",
    Material.COPPER: "copper|kupfer|cuivre|rame",
    Material.FOAM: "foam|schaumstoff|schaum|mousse|schiuma",
    Material.POLYCARBONATE: "polycarbonate|polycarbonat|policarbonato",
    Material.RUBBER: "rubber|gummi|caoutchouc|gomma",
    Material.GLASS: "glass|glas|verre|vetro",
    Material.CORK: "cork|kork|liege|sughero",
}


class Named(NamedTuple):
    """A name that stands in a text, and where."""

    key: str
    start: int
    end: int


def specs_named(text: str) -> list[Named]:
    """The specs that a plain text names, in its order; of names in each other the longest."""
    return _named(_SPEC, _SPEC_OF, text)


def materials_named(text: str) -> list[Named]:
    """The materials that a plain text names, in its order."""
    return _named(_MATERIAL, _MATERIAL_OF, text)


def _named(pattern: re.Pattern[str], keys: Mapping[str, str], text: str) -> list[Named]:
    return [Named(keys[found[0]], *found.span()) for found in pattern.finditer(text)]


def _pattern(words: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


_SPEC_OF = {word: key.value for key, words in _WORDS.items() for word in words.split("|")}
_MATERIAL_OF = {word: key.value for key, words in _MATERIALS.items() for word in words.split("|")}
_SPEC, _MATERIAL = _pattern(_SPEC_OF), _pattern(_MATERIAL_OF)
