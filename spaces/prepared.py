"""Queries that are built and compiled once, and then only given their values.

Building a query with the ORM and compiling it costs more than PostgreSQL needs to answer it. A
read that every reservation asks is therefore written once, with `given(...)` where a value goes.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
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
    is_list: bool = False

    def told(self, values: dict[str, Any]) -> Any:
        """The value; ids as PostgreSQL writes a list, which psycopg would take long over."""
        value = values[self.text]
        return f"{{{','.join(map(str, value))}}}" if self.is_list else value


class _Given(Value):
    """A parameter without a value."""

    template = "%s"
    is_list = False

    def as_sql(self, compiler: SQLCompiler, connection: object) -> tuple[str, Any]:
        """A placeholder with the name of its value."""
        return self.template, [_Name(self.value, self.is_list)]


class _AnyGiven(_Given):
    """A parameter that takes a list of ids, of which one must be equal."""

    template = "ANY(%s)"
    is_list = True


def given(name: str, field: "Field[Any, Any] | None" = None) -> Any:
    """Where the value `name` goes; with its field, where arithmetic is done on it."""
    return _Given(name, output_field=field)


def any_given(name: str) -> Any:
    """Where the list of ids `name` goes: `filter(machine=any_given("machines"))`."""
    return _AnyGiven(name)


class _Compiled(NamedTuple):
    """A query set with its compiler and the text and the parameters of its statement."""

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
        parameters = [
            each.told(values) if isinstance(each, _Name) else each for each in known.parameters
        ]
        return _read(known, _answer(known.sql, parameters))


class _PreparedCursor(ServerBindingCursor):
    """Lets PostgreSQL keep the plan of a statement: planning costs it more than answering."""

    def execute(self, query: Any, params: Any = None) -> Any:
        """Run a statement whose text is always the same."""
        return super().execute(query, params, prepare=True)  # type: ignore[misc]


def plans_kept() -> AbstractContextManager[None]:
    """Let PostgreSQL keep the plans of writes inside, whose texts are always the same."""
    return connections[DEFAULT_DB_ALIAS].execute_wrapper(_with_plan)


def _with_plan(execute: Callable[..., Any], *statement: Any) -> Any:
    """Run one statement of `plans_kept`; where queries are logged they are, with their values."""
    context = statement[-1]
    connection = context["connection"]
    if not connection.queries_logged:
        context["cursor"].cursor = _PreparedCursor(connection.connection)  # type: ignore[call-arg]
    return execute(*statement)


def _cursor() -> Any:
    """A cursor that is counted like any other; where queries are logged, with their values."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = _PreparedCursor(connection.connection)  # type: ignore[call-arg]
    return connection._prepare_cursor(cursor)  # noqa: SLF001


def _answer(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """The rows as PostgreSQL gives them."""
    with _cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _compile(queryset: "QuerySet[Any, Any]") -> _Compiled:
    compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    converters = compiler.get_converters([each[0] for each in compiler.select])
    compiler.get_converters = lambda _expressions: converters
    return _Compiled(queryset, compiler, sql, tuple(parameters))


def _read(known: _Compiled, rows: list[tuple[Any, ...]]) -> list[Any]:
    """What the query set makes of its rows: its compiler is handed them instead of asking."""
    compiler = _twin(known.compiler, execute_sql=lambda *_args, **_options: [rows])
    query = _twin(known.queryset.query, get_compiler=lambda *_args, **_options: compiler)
    return list(_twin(known.queryset, _query=query, _result_cache=None, _prefetch_done=False))


def _twin(original: T, **changes: Any) -> T:
    """The same object apart from `changes`; `copy` would ask a query set for its rows."""
    twin: T = object.__new__(type(original))
    twin.__dict__ = {**original.__dict__, **changes}
    return twin
