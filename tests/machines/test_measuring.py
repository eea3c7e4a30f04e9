"""What words come to in numbers: quantities, lines of sheets, searches."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from machines.measuring.asking import Sign, Wish, asked
from machines.measuring.names import Material, Measurable
from machines.measuring.quantities import KEPT_IN, UNITS, measured_in, number_in, plain
from machines.measuring.reading import Measurement, line_measured, measurements_of
from machines.measuring.telling import measurements_told, number_told, wishes_told


def values(text: str) -> list[list[float]]:
    return [[float(value) for value in each.values] for each in measured_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("600 × 400 mm", [[600, 400]]),
        ("600mm x 400mm", [[600, 400]]),
        ("60 x 40 x 20 cm", [[600, 400, 200]]),
        ('24" x 12"', [[609.6, 304.8]]),
        ("1 m", [[1000]]),
        ("5 µm", [[0.005]]),
        ("0,4 mm", [[0.4]]),
        ("1’200 °C", [[1200]]),
        ("1,200 W", [[1200]]),
        ("0,125 mm", [[0.125]]),
        ("2.2 kW", [[2200]]),
        ("3 PS", [[2206.4962]]),
        ("392 °F", [[200]]),
        ("1.5 t", [[1500]]),
        ("500 g", [[0.5]]),
        ("230/400 V", [[230, 400]]),
        ("24’000 U/min", [[24000]]),
        ("6 m/min", [[100]]),
        ("0.05–0.3 mm", [[0.05, 0.3]]),
        ("de 0,1 à 0,3 mm", [[0.1, 0.3]]),
        ("0.2, 0.4, 0.6 mm", [[0.2, 0.4, 0.6]]),
        ("2 × 60 W", [[60]]),
        ("1200 dpi", [[1200]]),
        ("Speedy 400", []),
        ("MK3S", []),
        ("600 x 400", []),
        ("100 mm²", []),
        ("5 mmolar", []),
        ("3 mm x 2 kg", []),
        ("9" * 40 + " mm", []),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, found: list[list[float]]) -> None:
    assert values(text) == found


def test_a_unit_can_be_given_for_those_without() -> None:
    (found,) = measured_in("600 x 400", unit="mm")
    assert [int(value) for value in found.values] == [600, 400]


@given(st.decimals(0, 9999, places=3), st.sampled_from(sorted(UNITS)))
def test_every_unit_is_read_into_the_one_that_is_kept(number: Decimal, unit: str) -> None:
    (found,) = measured_in(f"{number:f} {unit}")
    assert found.dimension == UNITS[unit].dimension
    assert found.values == (UNITS[unit].kept(number).quantize(Decimal("0.0001")),)
    assert UNITS[plain(KEPT_IN[found.dimension])].dimension == found.dimension


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_without_an_accident(text: str) -> None:
    search = asked(text)
    told = wishes_told(search.wishes)
    assert bool(told) == bool(search.wishes)
    assert all(word in text for word in search.words)
    measurements_told(line_measured(text[:20], text))
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    ("written", "number"), [("1’200.5", "1200.5"), ("1,5", "1.5"), ("1,200", "1200"), ("7", "7")]
)
def test_a_number_may_be_swiss_french_or_english(written: str, number: str) -> None:
    assert number_in(written) == Decimal(number)


def kept(key: Measurable, low: float, high: float, material: str = "") -> Measurement:
    return Measurement(key, material, Decimal(str(low)), Decimal(str(high)))


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("Laser power", "80 W", [kept(Measurable.LASER_POWER, 80, 80)]),
        ("Laserleistung", "0.08 kW", [kept(Measurable.LASER_POWER, 80, 80)]),
        ("Power", "3 kW", [kept(Measurable.POWER, 3000, 3000)]),
        ("Buse", "0,4 mm", [kept(Measurable.NOZZLE, 0.4, 0.4)]),
        ("Nozzle", "0.4", [kept(Measurable.NOZZLE, 0.4, 0.4)]),
        ("Düsen", "0.4/0.6 mm", [kept(Measurable.NOZZLE, v, v) for v in (0.4, 0.6)]),
        ("Schichthöhe", "0.05–0.3 mm", [kept(Measurable.LAYER, 0.05, 0.3)]),
        (
            "Area di lavoro",
            "40 × 60 cm",
            [kept(Measurable.LENGTH, 600, 600), kept(Measurable.WIDTH, 400, 400)],
        ),
        ("Grösse", "60 × 40 cm", [kept(Measurable.LENGTH, 600, 600),
                                  kept(Measurable.WIDTH, 400, 400)]),
        ("Cutting width", "630 mm", [kept(Measurable.LENGTH, 630, 630)]),
        ("Furnace", "1280 °C", [kept(Measurable.TEMPERATURE, 1280, 1280)]),
        ("Heizbett", "110 °C", [kept(Measurable.BED_TEMPERATURE, 110, 110)]),
        ("Acrylic", "up to 12 mm", [kept(Measurable.CUTS, 0, 12, "acrylic")]),
        (
            "Schneidet",
            "Acryl 10 mm, MDF bis 6,5 mm",
            [
                kept(Measurable.CUTS, 0, 10, "acrylic"),
                kept(Measurable.CUTS, 0, 6.5, "mdf"),
            ],
        ),
        ("Épaisseur acier inoxydable", "2 mm", [kept(Measurable.CUTS, 0, 2, "stainless")]),
        ("Software", "RDWorks", []),
        ("Lens", "2 mm", []),
        ("Nozzle", "80 W", [kept(Measurable.POWER, 80, 80)]),
        ("Cuts", "10 mm", []),
    ],
)  # fmt: skip
def test_a_line_of_a_sheet_is_read(name: str, value: str, found: list[Measurement]) -> None:
    assert line_measured(name, value) == found


def test_a_sheet_is_read_with_its_work_area_and_materials() -> None:
    found = measurements_of(
        work_area="1000 × 610 mm",
        materials="wood up to 8 mm, acrylic, cardboard",
        lines=[("Power", "80 W"), ("Power", "80 W")],
    )
    assert found == [
        kept(Measurable.CUTS, 0, 8, "wood"),
        kept(Measurable.LENGTH, 1000, 1000),
        kept(Measurable.POWER, 80, 80),
        kept(Measurable.WIDTH, 610, 610),
    ]
    assert measurements_of(work_area="as large as a door", materials="", lines=()) == []


AREA = [("length", "at_least", 600, ""), ("width", "at_least", 400, "")]
ACRYLIC = [("cuts", "at_least", 6, "acrylic")]


@pytest.mark.parametrize(
    ("text", "wishes", "words"),
    [
        ("laser ≥ 600 × 400 mm that cuts 6 mm acrylic", [*AREA, *ACRYLIC], "laser"),
        ("laser >= 60x40 cm cutting acrylic of 6 mm", [*AREA, *ACRYLIC], "laser"),
        ("Lasercutter ab 40 x 60 cm, der 6 mm Acryl schneidet", [*AREA, *ACRYLIC], "Lasercutter"),
        (
            "découpeuse d’au moins 600 × 400 mm qui coupe l’acrylique de 6 mm",
            [*AREA, *ACRYLIC],
            "découpeuse",
        ),
        ("laser che taglia acrilico di 6 mm", ACRYLIC, "laser"),
        ("acrylic 6 mm", ACRYLIC, ""),
        ("0,4 mm Düse PETG", [("nozzle", "about", 0.4, "")], "PETG"),
        ("nozzle 0.4 mm", [("nozzle", "about", 0.4, "")], ""),
        ("printer 0.1 mm layer", [("layer", "at_most", 0.1, "")], "printer"),
        ("buse 0,6 mm hauteur 200 mm",
         [("nozzle", "about", 0.6, ""), ("height", "at_least", 200, "")], ""),
        ("80 W laser", [("power", "at_least", 80, "")], "laser"),
        ("laser power ≥ 80 W", [("laser_power", "at_least", 80, "")], ""),
        ("laser max. 40 W", [("power", "at_most", 40, "")], "laser"),
        ("kiln 1200 °C", [("temperature", "at_least", 1200, "")], "kiln"),
        ("cutting 5 mm", [("cuts", "at_least", 5, "")], ""),
        ("saw 300 mm", [("length", "at_least", 300, "")], "saw"),
        ("bed ≥ 250 x 210 x 200 mm", [("length", "at_least", 250, ""),
                                      ("width", "at_least", 210, ""),
                                      ("height", "at_least", 200, "")], ""),
        (
            "cuts wood of 4 mm and steel of 2 mm",
            [("cuts", "at_least", 4, "wood"), ("cuts", "at_least", 2, "steel")],
            "",
        ),
        ("between 3 kg and 5 kg", [("weight", "at_least", 3, ""), ("weight", "at_least", 5, "")],
         "between"),
        ("Prusa MK4 and a saw", [], "Prusa MK4 and a saw"),
        ("cuts acrylic", [], "cuts acrylic"),
        ("", [], ""),
    ],
)  # fmt: skip
def test_a_search_is_understood(
    text: str, wishes: list[tuple[str, str, float, str]], words: str
) -> None:
    found = asked(text)
    assert [
        (each.key.value, each.sign.value, float(each.value), each.material) for each in found.wishes
    ] == wishes
    assert " ".join(found.words) == words


def test_who_asks_for_wood_is_served_by_plywood() -> None:
    (wish,) = asked("cuts 4 mm wood").wishes
    assert set(wish.materials) == {Material.WOOD, Material.PLYWOOD, Material.MDF}
    (power,) = asked("80 W").wishes
    assert Measurable.LASER_POWER in power.keys


def test_what_was_understood_is_told() -> None:
    search = asked("laser ≥ 24 x 16 in that cuts 6 mm acrylic, max. 80 W, nozzle 0.4 mm")
    assert [each.replace("\xa0", " ") for each in wishes_told(search.wishes)] == [
        "work area: at least 609.6 × 406.4 mm",
        "cuts acrylic: at least 6 mm",
        "power: at most 80 W",
        "nozzle: 0.4 mm",
    ]
    with translation.override("de"):
        assert wishes_told(search.wishes)[1] == "schneidet Acryl: mindestens 6\xa0mm"


def test_what_a_line_comes_to_is_told() -> None:
    def told(name: str, value: str) -> list[str]:
        return [each.replace("\xa0", " ") for each in measurements_told(line_measured(name, value))]

    assert told("Bed", "18 × 18 × 20 cm") == ["work area: 180 × 180 × 200 mm"]
    assert told("Layers", "0.05–0.3 mm") == ["layer height: 0.05–0.3 mm"]
    assert told("Cuts", "plywood 6 mm") == ["cuts plywood: up to 6 mm"]
    assert told("Clearance", "20 cm") == ["work height: 200 mm"]
    assert told("Software", "RDWorks") == []
    assert wishes_told([Wish(key=Measurable.CUTS, sign=Sign.AT_LEAST, value=Decimal(5))]) == [
        "cuts: at least 5\xa0mm"
    ]
    assert number_told(Decimal("0.5000")) == "0.5"
    assert number_told(Decimal("1E+3")) == "1000"
