"""The rules of the house, counted over the code: house style 4, 5 and 7."""

import pytest

from tests import house


@pytest.mark.parametrize(
    "count",
    [
        house.twin_classes,
        house.unclear_what,
        house.verbless_docstrings,
        house.stray_exceptions,
        house.excused_asserts,
        house.import_circles,
        house.long_modules,
        house.long_functions,
        house.imports_between_tests,
        house.many_arguments,
    ],
)
def test_nothing_breaks_the_rule(count: "house.Count") -> None:
    """House style 4, 5, 7: there is no place that the rule forbids; ``python -m tests.house`` lists them."""
    assert [str(place) for place in count()] == []


@pytest.mark.parametrize("name", house.PRONOUNS)
def test_a_name_is_no_pronoun(name: str) -> None:
    """House style 4: a variable is called by what it is."""
    assert [str(place) for place in house.bindings(name, *house.EVERYTHING)] == []


def test_the_application_stays_small() -> None:
    """House style 2: what grows without end is split or left out."""
    assert house.lines_of_include() < 22_000


def test_the_counts_see_what_breaks_the_rules() -> None:
    """The counter-proof: each kind of binding and sentence is seen in a piece of code made for it."""
    assert house.verbs_at_the_start("Return the rows.")
    assert not house.verbs_at_the_start("The rows.")
    assert house.verbs_within("A row as it is stored.")
    assert not house.verbs_within("Likewise of an administration.")
    code = "def f(found, *, one): pass\nfor found in []: pass\n[one for one in []]\n"
    code += "try: pass\nexcept OSError as given: pass\n"
    assert [len(house.bound_names(code, name)) for name in house.PRONOUNS] == [2, 2, 1]
