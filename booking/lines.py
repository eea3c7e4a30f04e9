"""Writes static/css/calendar-lines.css: a strict CSP forbids positions in `style` attributes.

python -m booking.lines > static/css/calendar-lines.css
"""

import sys

MOST_QUARTERS = 100
"""A day of 25 hours."""

HEADER = """/*
  The lines of a lane as classes, because a strict policy forbids style="".
  Made by: python -m booking.lines > static/css/calendar-lines.css
*/

@layer calendar {
"""


def stylesheet() -> str:
    """The classes .s0 to .s100, .e0 to .e100 and .n1 to .n100."""
    rules = [
        f"  .{name}{line} {{ --{name}: {line}; }}\n"
        for name in ("s", "e", "n")
        for line in range(MOST_QUARTERS + 1)
    ]
    return f"{HEADER}{''.join(rules)}}}\n"


if __name__ == "__main__":
    sys.stdout.write(stylesheet())
