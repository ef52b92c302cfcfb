"""Queries whose SQL Django makes once, for what is asked at every page view and every save.

Making the SQL of a query over joined tables takes Django several times as long as the database needs to answer it.
A kept query is written as a queryset with slots; each run fills the slots with its values. Django's own compiler still
sends the SQL and turns rows into objects. Nothing that was read is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connections, models, router, transaction
from django.db.models.expressions import Expression
from django.db.models.sql import InsertQuery, UpdateQuery

Row = TypeVar("Row")


class Slot(Expression):
    """Stands in a queryset for a value that each run gives by this name, of the type of ``field``. Never None."""

    def __init__(self, name: str, field: models.Field) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """A placeholder, with the slot itself where the value will be."""
        return "%s", [self]

    def fill(self, values: dict[str, Any], connection: Any) -> Any:
        """The value of this run as the database takes it."""
        return self.output_field.get_db_prep_value(values[self.name], connection)


class _Kept:
    """Compiles once for each thread and connection: a compiler belongs to its connection."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._local = threading.local()

    @cached_property
    def _built(self) -> Any:
        return self._build()

    def _compiled(self, alias: str) -> Any:
        kept = self._local.__dict__.get(alias)
        if kept is None or kept[0].connection is not connections[alias]:
            kept = self._local.__dict__[alias] = self._compile(alias)
        return kept

    def _compile(self, alias: str) -> Any:
        raise NotImplementedError


class KeptQuery(_Kept, Generic[Row]):
    """A reading query. ``build`` makes the queryset, with slots, when it is first needed."""

    def __init__(self, build: Callable[[], models.QuerySet[Any, Row]]) -> None:
        super().__init__(build)

    def all(self, **values: Any) -> list[Row]:
        """The rows for these values."""
        compiler, queryset, sql, params = self._compiled(self._built.db)
        filled = _filled(params, values, compiler.connection)
        compiler.as_sql = lambda *args, **kwargs: (sql, filled)
        return list(queryset._iterable_class(queryset))

    def first(self, **values: Any) -> Row | None:
        """The first row for these values; None when there is none. It is ``build`` that cuts and orders the rows."""
        return next(iter(self.all(**values)), None)

    def _compile(self, alias: str) -> Any:
        queryset = self._built.using(alias)
        compiler = queryset.query.get_compiler(using=alias)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_rest in compiler.select])
        compiler.get_converters = lambda columns: converters
        # From here on the queryset meets this compiler wherever it asks its query for one.
        queryset.query.get_compiler = lambda *args, **kwargs: compiler
        return compiler, queryset, sql, params


class KeptUpdate(_Kept):
    """An UPDATE. ``build`` makes the queryset of the rows and the new values, with slots in either."""

    def __init__(self, build: Callable[[], tuple[models.QuerySet[Any], dict[str, Any]]]) -> None:
        super().__init__(build)

    def run(self, **values: Any) -> int:
        """Update for these values; how many rows that were."""
        alias = router.db_for_write(self._built[0].model)
        compiler, sql, params = self._compiled(alias)
        with transaction.mark_for_rollback_on_error(alias), compiler.connection.cursor() as cursor:
            cursor.execute(sql, _filled(params, values, compiler.connection))
            return cursor.rowcount

    def _compile(self, alias: str) -> Any:
        queryset, new = self._built
        query = queryset.using(alias).query.chain(UpdateQuery)
        query.add_update_values(new)
        compiler = query.get_compiler(using=alias)
        return compiler, *compiler.as_sql()


class KeptInsert(_Kept):
    """An INSERT of one row of the model that ``build`` returns. As with `bulk_create`, no signal is sent."""

    def __init__(self, build: Callable[[], type[models.Model]]) -> None:
        super().__init__(build)

    def run(self, row: models.Model) -> None:
        """Write the row. A key that the database gives is set on it."""
        alias = router.db_for_write(self._built, instance=row)
        compiler, sql, params = self._compiled(alias)
        values = {field.attname: field.pre_save(row, add=True) for field in compiler.query.fields}
        filled = _filled(params, values, compiler.connection)
        compiler.as_sql = lambda: [(sql, filled)]
        returned = compiler.returning_fields
        with transaction.mark_for_rollback_on_error(alias):
            rows = list(compiler.execute_sql(returned))
        for field, value in zip(returned, rows[0] if rows else (), strict=True):
            setattr(row, field.attname, value)
        row._state.adding, row._state.db = False, alias

    def _compile(self, alias: str) -> Any:
        meta = self._built._meta
        fields = [field for field in meta.local_concrete_fields if field is not meta.auto_field]
        query = InsertQuery(self._built)
        query.insert_values(fields, [self._built(**{field.attname: Slot(field.attname, field) for field in fields})])
        compiler = query.get_compiler(using=alias)
        compiler.returning_fields = meta.db_returning_fields
        compiler.pre_save_val = lambda field, row: getattr(row, field.attname)
        [(sql, params)] = compiler.as_sql()
        return compiler, sql, params


def only_a_write_holds(model: type[models.Model]) -> bool:
    """Whether a row is held by a write alone, because the database has no ``SELECT … FOR UPDATE``: SQLite."""
    return not connections[router.db_for_write(model)].features.has_select_for_update


def _filled(params: Any, values: dict[str, Any], connection: Any) -> tuple[Any, ...]:
    return tuple(param.fill(values, connection) if isinstance(param, Slot) else param for param in params)
