"""Every column is in the data map, once, in a class that fits it."""

import pytest
from django.apps import apps

from mus_workflow.models.data_map import DATA_MAP
from mus_workflow.models.sealed_field import SealedField

MODELS = list(apps.get_app_config("mus_workflow").get_models())


def test_every_model_is_in_the_map_and_nothing_else() -> None:
    assert sorted(model.__name__ for model in MODELS) == sorted(DATA_MAP)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_column_has_a_class(model: type) -> None:
    kept = DATA_MAP[model.__name__]
    named = f"{kept.public} {kept.internal} {kept.personal} {kept.sealed} {kept.private}".split()
    assert sorted(named) == sorted(field.name for field in model._meta.concrete_fields)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_is_sealed_is_called_so(model: type) -> None:
    sealed = {field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)}
    assert {name for name, kind in DATA_MAP[model.__name__].columns().items() if kind == "sealed"} == sealed
