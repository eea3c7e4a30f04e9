"""Which of our drawings stands in for a machine without a photo."""

DRAWINGS = (
    ("laser", ("laser",)),
    ("printer", ("3d-p", "3d-d", "imprimante", "stampante", "printer", "drucker", "resin")),
    ("scanner", ("scan",)),
    ("lathe", ("lathe", "dreh", "tour", "tornio")),
    ("embroidery", ("embroid", "stick", "brod", "ricam")),
    ("sewing", ("sew", "text", "nah", "naeh", "cout", "cuc")),
    ("vinyl", ("vinyl", "plot", "schneid", "electronic-cutter", "decoup")),
    ("electronics", ("elec", "elek", "platin", "pcb", "solder", "lot", "elett")),
    ("mill", ("cnc", "mill", "fras", "fraes", "router")),
    ("wood", ("wood", "holz", "bois", "legn", "saw")),
    ("metal", ("metal", "weld", "forge", "schlosser")),
)
GENERIC = "bench"


def drawing_of(category_slug: str) -> str:
    """The path, under the static files, of the drawing for a category of any language."""
    name = next(
        (name for name, words in DRAWINGS if any(word in category_slug for word in words)),
        GENERIC,
    )
    return f"img/placeholders/{name}.svg"
