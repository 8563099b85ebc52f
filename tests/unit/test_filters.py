"""The filters on articles: ``include.settings.article_filter`` against R1.6 and R1.7."""

import pandas as pd
import pytest

from include.records import ArticleGroup, ArticleType
from include.settings.article_filter import ArticleFilter, Finding, nearest

GROUPS = [
    ArticleGroup(key="10", name="Materiaal"),
    ArticleGroup(key="20", name="CV-ketels"),
    ArticleGroup(key="30", name="Gereedschap (intern)"),
    ArticleGroup(key="ARB", name="Arbeid & voorrijden"),
]
TYPES = [ArticleType(key="0", name="Zonder voorraad"), ArticleType(key="2", name="Met voorraad")]
# articles per group and type
COUNTS = pd.DataFrame(
    [("10", "2", 40), ("10", "0", 2), ("20", "2", 5), ("30", "0", 3), ("ARB", "0", 7)],
    columns=["group_key", "type_key", "count"],
)
ARTICLES = pd.DataFrame(
    [
        ("10", "2", True),
        ("10", "0", True),
        ("20", "2", True),
        ("ARB", "0", True),
        ("10", "2", False),
        (None, "2", True),
        ("10", None, True),
    ],
    columns=["group_key", "type_key", "active"],
)


def allowed(article_filter: ArticleFilter) -> list[bool]:
    return list(article_filter.articles(ARTICLES, article_filter.groups(GROUPS)))


def findings(*names: str, types: tuple[str, ...] = ()) -> list[Finding]:
    return ArticleFilter(names, types).findings(GROUPS, TYPES, COUNTS)


# R1.6: article groups


def test_empty_filter_lets_all_groups_through() -> None:
    """R1.6: and has nothing to report."""
    assert ArticleFilter().groups(GROUPS) == {"10", "20", "30", "ARB"}
    assert findings() == []


def test_exact_names_come_over() -> None:
    """R1.6: those come over, and no others."""
    assert ArticleFilter(("Materiaal", "CV-ketels")).groups(GROUPS) == {"10", "20"}
    assert findings("Materiaal", "CV-ketels") == []


@pytest.mark.parametrize("name", ["materiaal", "MATERIAAL", " Materiaal", "Materiaal ", "Material", "Mat", "10"])
def test_anything_but_the_exact_name_does_not_match(name: str) -> None:
    """R1.6: no name matches by case, blanks, spelling, part or key."""
    assert ArticleFilter((name,)).groups(GROUPS) == set()


@pytest.mark.parametrize(
    ("name", "near", "count"),
    [
        ("materiaal", "Materiaal", 42),
        ("MATERIAAL", "Materiaal", 42),
        (" Materiaal ", "Materiaal", 42),
        ("Arbeid  &  voorrijden", "Arbeid & voorrijden", 7),
        ("Materialen", "Materiaal", 42),
        ("CV ketels", "CV-ketels", 5),
        ("gereedschap intern", "Gereedschap (intern)", 3),
    ],
)
def test_near_miss_names_what_was_meant_with_its_articles(name: str, near: str, count: int) -> None:
    """R1.6: another case, other blanks or another spelling, and how many articles are missed by it."""
    assert findings(name) == [Finding("filter.group_near_miss", name, near, count)]


@pytest.mark.parametrize("name", ["Zonnepanelen", "", "10"])
def test_name_like_no_other_is_unknown(name: str) -> None:
    """R1.6: there is nothing to suggest."""
    assert findings(name) == [Finding("filter.group_unknown", name)]


def test_each_wrong_name_is_reported_once_and_right_ones_not() -> None:
    """R1.6: in the order in which they were set."""
    codes = [(finding.code, finding.record) for finding in findings("Onzin", "Materiaal", "cv-ketels")]
    assert codes == [("filter.group_unknown", "Onzin"), ("filter.group_near_miss", "cv-ketels")]


def test_near_miss_of_a_group_without_articles_counts_none() -> None:
    """R1.6: the group exists, only empty."""
    groups = [*GROUPS, ArticleGroup(key="LEEG", name="Zonwering")]
    [finding] = ArticleFilter(("zonwering",)).findings(groups, TYPES, COUNTS)
    assert (finding.near, finding.count) == ("Zonwering", 0)


def test_groups_of_the_same_name_all_come_over() -> None:
    """R1.6: the name is what a person sees and sets; two groups may share it."""
    groups = [*GROUPS, ArticleGroup(key="11", name="Materiaal")]
    assert ArticleFilter(("Materiaal",)).groups(groups) == {"10", "11"}


def test_near_miss_of_a_shared_name_counts_all_its_articles() -> None:
    """R1.6: whichever of the groups with that name they are in."""
    groups = [*GROUPS, ArticleGroup(key="11", name="Materiaal")]
    [finding] = ArticleFilter(("materiaal",)).findings(groups, TYPES, COUNTS)
    assert finding.count == 42


def test_same_but_for_case_goes_before_alike() -> None:
    """R1.6: of several candidates the nearest is named."""
    assert nearest("KABELS", ["Kabel", "Kabels", "Kabelss"]) == "Kabels"
    assert nearest("iets anders", ["Kabel"]) is None
    assert nearest("Kabel", []) is None


# R1.7: group and type


@pytest.mark.parametrize(
    ("groups", "types", "expected"),
    [
        ((), (), [True, True, True, True, False, True, True]),
        (("Materiaal",), (), [True, True, False, False, False, False, True]),
        ((), ("2",), [True, False, True, False, False, True, False]),
        (("Materiaal",), ("2",), [True, False, False, False, False, False, False]),
        (("Materiaal", "CV-ketels"), ("0", "2"), [True, True, True, False, False, False, False]),
        (("Onzin",), (), [False] * 7),
        (("Materiaal",), ("4",), [False] * 7),
    ],
)
def test_article_needs_both_its_group_and_its_type(
    groups: tuple[str, ...], types: tuple[str, ...], expected: list[bool]
) -> None:
    """R1.7: a filter that is set lets nothing through that has no group or type; an inactive article never comes."""
    assert allowed(ArticleFilter(groups, types)) == expected


def test_type_whose_articles_are_all_shut_out_is_reported() -> None:
    """R1.7: by its name, with how many articles it concerns."""
    assert findings("Arbeid & voorrijden", types=("2",)) == [Finding("filter.type_excluded", "Met voorraad", count=45)]


def test_type_with_some_articles_left_is_not_reported() -> None:
    """R1.7: one allowed group with articles of the type is enough."""
    assert findings("CV-ketels", types=("2",)) == []


def test_types_without_group_filter_are_never_shut_out() -> None:
    """R1.7: all groups are allowed then, and so are articles that have none."""
    assert findings(types=("0", "2")) == []
    groupless = pd.DataFrame([(None, "2", 5)], columns=COUNTS.columns)
    assert ArticleFilter((), ("2",)).findings(GROUPS, TYPES, groupless) == []


def test_type_without_articles_is_not_shut_out() -> None:
    """R1.7: there is nothing that the groups keep away."""
    assert findings("CV-ketels", types=("4",)) == []


def test_wrong_group_shuts_out_its_types() -> None:
    """R1.6, R1.7: both are said, the cause first."""
    codes = [finding.code for finding in findings("cv-ketels", types=("2",))]
    assert codes == ["filter.group_near_miss", "filter.type_excluded"]


def test_filters_on_an_empty_administration() -> None:
    """R1.6, R1.7: no articles, groups or types yet."""
    nothing = COUNTS.iloc[:0]
    findings = ArticleFilter(("Materiaal",), ("2",)).findings([], [], nothing)
    assert findings == [Finding("filter.group_unknown", "Materiaal")]
    assert list(ArticleFilter(("Materiaal",), ("2",)).articles(ARTICLES.iloc[:0], set())) == []
