"""Every example of every connector: a row as its API answers it, and what the named mapping function makes of it."""

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import orjson
import pytest
from pydantic import TypeAdapter

from include import connectors, records
from include.connectors import registry
from include.records import MasterRecord

EXAMPLES = sorted(Path(connectors.__path__[0]).glob("*/examples/*.json"))
each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{connector_of(path)}/{path.stem}")


def connector_of(path: Path) -> str:
    return path.parent.parent.name


def mapping_of(connector: str) -> ModuleType:
    return importlib.import_module(f"include.connectors.{connector}.mapping")


def typed(hint: Any, value: Any) -> Any:
    """What JSON stands for under an annotation; a record of any kind is written as ``{its class: its fields}``."""
    if hint is MasterRecord:
        [(kind, body)] = value.items()
        return getattr(records, kind).model_validate(body)
    return TypeAdapter(hint).validate_python(value)


def called(function: Callable[..., Any], arguments: Any) -> Any:
    """Call a function; ``arguments`` is the argument, or the list of them when there are more."""
    hints = {name: hint for name, hint in get_type_hints(function).items() if name != "return"}
    values = arguments if len(hints) > 1 else [arguments]
    return function(**{name: typed(hint, value) for (name, hint), value in zip(hints.items(), values, strict=True)})


@each_example
def test_example(path: Path) -> None:
    """R1.3 to R1.7 and R3 as each API words them: the file says what goes in and what must come out."""
    example = orjson.loads(path.read_bytes())
    function = getattr(mapping_of(connector_of(path)), example["function"])
    expected = typed(get_type_hints(function)["return"], example["expected"])
    assert called(function, example["given"]) == expected


@each_example
def test_example_has_its_form_and_name(path: Path) -> None:
    """Named ``function.json`` or ``function-what-is-odd.json``, so that the folder's listing shows what is covered."""
    example = orjson.loads(path.read_bytes())
    assert list(example) == ["function", "given", "expected"]
    assert path.stem.split("-")[0] == example["function"]


@pytest.mark.parametrize("connector", registry.names())
def test_every_mapping_function_has_an_example(connector: str) -> None:
    """A connector without examples, or with a function that none of them calls, is not finished."""
    module = mapping_of(connector)
    own = [f for _, f in inspect.getmembers(module, inspect.isfunction) if f.__module__ == module.__name__]
    shown = {orjson.loads(path.read_bytes())["function"] for path in EXAMPLES if connector_of(path) == connector}
    assert shown == {function.__name__ for function in own if not function.__name__.startswith("_")}
