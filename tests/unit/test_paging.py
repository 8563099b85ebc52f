"""Lists that come in pages: their end, and those that have none."""

from typing import Any

import pytest

from include.connectors import paging
from include.connectors.package import PackageList, RowPage
from include.connectors.paging import PageFollower, pages
from include.errors import ContractBroken

LIST = PackageList("customers", "CustomerInfoList", "customerId")
HERE = "https://api.example/odata/licence/Customer"


class Endless:
    """Gives page after page."""

    def __init__(self, same: bool = False) -> None:
        self.same, self.asked = same, 0

    def page(self, stream: PackageList, cursor: str | None, parent: Any = None) -> RowPage:
        self.asked += 1
        number = 1 if self.same else self.asked
        return RowPage([{"customerId": str(number)}], str(self.asked))


def test_a_list_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds: whatever its pages hold, it ends."""
    monkeypatch.setattr(paging, "MOST_PAGES", 20)
    endless: Any = Endless()
    with pytest.raises(ContractBroken, match="more than 20 pages"):
        list(pages("Unit4", endless, LIST))
    assert endless.asked == 21


def test_the_same_page_again_is_refused() -> None:
    """Bounds: a page that points at itself."""
    endless: Any = Endless(same=True)
    with pytest.raises(ContractBroken, match="the same page twice"):
        list(pages("Unit4", endless, LIST))
    assert endless.asked == 2


def test_empty_pages_are_not_the_same_page() -> None:
    """R1.9: a page whose rows were all removed meanwhile says nothing about the next one."""
    follower = PageFollower("Unit4", "list")
    follower.take([])
    follower.take([])


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("https://api.example/odata/licence/Customer?$skip=2", "https://api.example/odata/licence/Customer?$skip=2"),
        ("https://api.example:443/odata/licence/Customer?x", "https://api.example:443/odata/licence/Customer?x"),
        ("/odata/licence/Customer?$skip=2", "https://api.example/odata/licence/Customer?$skip=2"),
        ("Customer?$skip=2", "https://api.example/odata/licence/Customer?$skip=2"),
        ("?$skip=2", "https://api.example/odata/licence/Customer?$skip=2"),
        (None, None),
        ("", None),
    ],
)
def test_a_next_link_in_each_of_its_forms(link: str | None, whole: str | None) -> None:
    """OData 4.01, 11.2.6.7: absolute, or relative to the request."""
    assert PageFollower("Simple-Simon", "Customer").follow(HERE, link) == whole


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/odata/Customer",
        "http://api.example/odata/Customer",
        "https://api.example:8443/odata/Customer",
        "https://api.example@elsewhere.example/odata",
        "//elsewhere.example/odata",
        "https://api.example.elsewhere.example/odata",
        "file:///etc/passwd",
        17,
        {"x": 1},
    ],
)
def test_our_token_goes_to_no_other_server(link: object) -> None:
    """Security: a link to another host or port, or without TLS, is not followed."""
    follower = PageFollower("Simple-Simon", "Customer")
    if isinstance(link, str):
        with pytest.raises(ContractBroken, match="another server"):
            follower.follow(HERE, link)
    else:  # read as a path: it stays here
        assert str(follower.follow(HERE, link)).startswith("https://api.example/")


def test_a_link_that_was_followed_before_is_refused() -> None:
    """Bounds: a circle of pages, whose rows may differ each time."""
    follower = PageFollower("Simple-Simon", "Customer")
    for link in ("?a", "?b", "?c"):
        follower.follow(HERE, link)
    with pytest.raises(ContractBroken, match="read before"):
        follower.follow(HERE, "?a")
