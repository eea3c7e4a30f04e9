"""Queries that are built and compiled once, and then only given their values.

Building a query with the ORM and compiling it costs more than PostgreSQL needs to answer it. A
read that every reservation asks is therefore written once, with `given(...)` where a value goes.
"""

import copy
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Field, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import get_language

T = TypeVar("T")


class _Name(NamedTuple):
    """Stands among the parameters of the compiled statement for a value given later."""

    text: str


class _Given(Value):
    """A parameter without a value."""

    template = "%s"

    def as_sql(self, compiler: SQLCompiler, connection: object) -> tuple[str, Any]:
        """A placeholder with the name of its value."""
        return self.template, [_Name(self.value)]


class _AnyGiven(_Given):
    """A parameter that takes a list, of which one element must be equal."""

    template = "ANY(%s)"


def given(name: str, field: "Field[Any, Any] | None" = None) -> Any:
    """Where the value `name` goes; with its field, where arithmetic is done on it."""
    return _Given(name, output_field=field)


def any_given(name: str) -> Any:
    """Where the list `name` goes: `filter(machine=any_given("machines"))`."""
    return _AnyGiven(name)


class _Compiled(NamedTuple):
    """A query set with the text and the parameters of its statement."""

    queryset: "QuerySet[Any, Any]"
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]


class Prepared(Generic[T]):
    """The rows of a query set that is compiled when it is first asked.

    What `build` returns must not depend on anything but the language, in which names are read.
    """

    def __init__(self, build: Callable[[], "QuerySet[Any, T]"]) -> None:
        self._build = build
        self._compiled: dict[str | None, _Compiled] = {}

    def __call__(self, **values: Any) -> list[T]:
        """The rows for `values`, in one query; raises KeyError where one is missing."""
        language = get_language()
        known = self._compiled.get(language)
        if known is None:
            # Two threads may both compile it: they come to the same.
            known = self._compiled[language] = _compile(self._build())
        parameters = tuple(
            values[each.text] if isinstance(each, _Name) else each for each in known.parameters
        )
        return list(_bound(known, parameters))


class _PreparedCursor(ServerBindingCursor):
    """Lets PostgreSQL keep the plan of a statement: planning costs it more than answering."""

    def execute(self, query: Any, params: Any = None) -> Any:
        """Run a statement whose text is always the same."""
        return super().execute(query, params, prepare=True)  # type: ignore[misc]


class _Connection:
    """The connection of this thread, as far as a compiler needs it."""

    def __init__(self) -> None:
        self._real: Any = connections[DEFAULT_DB_ALIAS]
        self.features, self.ops = self._real.features, self._real.ops

    def cursor(self) -> Any:
        """A cursor that is counted like any other; where queries are logged, with their values."""
        if self._real.queries_logged:
            return self._real.cursor()
        self._real.ensure_connection()
        cursor: Any = _PreparedCursor(self._real.connection)  # type: ignore[call-arg]
        return self._real._prepare_cursor(cursor)  # noqa: SLF001


def _compile(queryset: "QuerySet[Any, Any]") -> _Compiled:
    compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    return _Compiled(queryset, compiler, sql, tuple(parameters))


def _bound(known: _Compiled, parameters: tuple[Any, ...]) -> "QuerySet[Any, Any]":
    """The same query set, whose compiler has its answer ready."""
    compiler = copy.copy(known.compiler)
    # A connection belongs to its thread, a compiled statement to nobody.
    compiler.connection = _Connection()  # type: ignore[assignment]
    compiler.as_sql = lambda *_args, **_options: (known.sql, parameters)  # type: ignore[method-assign]
    query = copy.copy(known.queryset.query)
    query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
    # Not by `copy`, which would ask the database first.
    bound = type(known.queryset).__new__(type(known.queryset))
    bound.__dict__ = {
        **known.queryset.__dict__,
        "_query": query,
        "_result_cache": None,
        "_prefetch_done": False,
    }
    return bound
