"""What can be translated: every message of the code and the templates, read without gettext."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.template import Node, engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(settings.BASE_DIR)
NOT_SHOWN = {"tests", "bench"}
"""Packages that nobody but developers reads."""

TRANSLATION = "django.utils.translation"
PLACES = {
    "gettext": ("msgid",),
    "ngettext": ("msgid", "plural"),
    "pgettext": ("context", "msgid"),
    "npgettext": ("context", "msgid", "plural"),
}


class Message(NamedTuple):
    """A sentence that somebody may read."""

    msgid: str
    context: str = ""
    plural: str = ""


def messages_of_code() -> Iterator[Message]:
    """Every message that the packages of the project mark; raises ValueError for a hidden one."""
    for package in sorted(ROOT.glob("*/__init__.py")):
        if package.parent.name in NOT_SHOWN:
            continue
        for path in sorted(package.parent.rglob("*.py")):
            yield from _messages_of(path)


def messages_of_templates() -> Iterator[Message]:
    """Every message of the templates."""
    for path in templates():
        template: Any = engines["django"].from_string(path.read_text(encoding="utf-8"))
        for node in template.template.nodelist.get_nodes_by_type(Node):
            if isinstance(node, TranslateNode):
                msgid = str(node.filter_expression.var.literal).replace("%", "%%")
                yield Message(msgid, _context(node))
            elif isinstance(node, BlockTranslateNode):
                msgid, _names = node.render_token_list(node.singular)
                plural = node.render_token_list(node.plural)[0] if node.plural else ""
                if node.trimmed:
                    msgid, plural = _trimmed(msgid), _trimmed(plural)
                yield Message(msgid, _context(node), plural)


def templates() -> list[Path]:
    """Every template of Django's language."""
    return sorted(p for p in (ROOT / "templates").rglob("*") if p.suffix in {".html", ".txt"})


def words_outside(path: Path) -> list[str]:
    """What a template says without marking it for translation."""
    text = path.read_text(encoding="utf-8")
    for hidden in (
        r"\{#.*?#\}",
        r"\{%-?\s*blocktranslate.*?endblocktranslate\s*-?%\}",
        r"\{% block width %\}.*?\{% endblock.*?%\}",
        r"\{%.*?%\}",
        r"\{\{.*?\}\}",
        r"<style.*?</style>",
    ):
        text = re.sub(hidden, " ", text, flags=re.DOTALL)
    told = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', text)
    told.append(re.sub(r'[\w-]+="[^"]*"|<[^>]*>|&\w+;', "\n", text))
    return [word for part in told for word in re.findall(r"[^\W\d_]{2,}", part)]


def _messages_of(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name: alias.name.removesuffix("_lazy")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == TRANSLATION
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        places = PLACES.get(names.get(node.func.id, ""), ())
        parts = dict(zip(places, node.args, strict=False))
        if parts:
            yield Message(**{place: _text(part, path) for place, part in parts.items()})


def _text(part: ast.expr, path: Path) -> str:
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return part.value
    hidden = f"{path}:{part.lineno}: a message that no tool can find"
    raise ValueError(hidden)


def _context(node: TranslateNode | BlockTranslateNode) -> str:
    found = node.message_context
    return (
        str(found.var.resolve({}) if hasattr(found.var, "resolve") else found.var) if found else ""
    )


def _trimmed(text: str) -> str:
    return " ".join(line.strip() for line in text.strip().splitlines())
