"""The table of master data (R1): what other tables may rely on."""

import pytest

from include.connectors import registry
from include.streams import REMOVAL_ORDER, STREAMS, WRITING_ORDER, with_followers


def test_what_is_written_is_what_is_removed() -> None:
    """R2.1, R5.2: what others point at is written first and removed last; a work address goes after its customer."""
    assert WRITING_ORDER == ("customers", "work_addresses", "article_groups", "articles")
    assert REMOVAL_ORDER == ("articles", "article_groups", "customers", "work_addresses")


def test_a_default_work_address_is_linked_by_the_key_of_its_customer() -> None:
    """R1.4: it follows the customers, and nothing else follows anything."""
    assert {name: with_followers(name) for name in STREAMS if len(with_followers(name)) > 1} == {
        "customers": ["customers", "work_addresses"]
    }


def test_each_stream_is_described() -> None:
    """R7.1, R7.2: labels in both languages, another table for each, and a number that its record has."""
    assert len({stream.table for stream in STREAMS.values()}) == len(STREAMS)
    for stream in STREAMS.values():
        labels = (stream.singular, stream.plural)
        assert all(text and text == text.lower() for label in labels for text in (label.nl, label.en)), stream.name
        assert not stream.number_field or stream.number_field in stream.record.model_fields, stream.name
        assert stream.follows is None or stream.follows in STREAMS, stream.name


@pytest.mark.parametrize("package", registry.packages())
def test_a_package_has_no_stream_of_its_own(package: str) -> None:
    """R1.2: what a package lists is in the table, and nothing of it is made with something else."""
    for stream in registry.package(package).streams:
        assert STREAMS[stream.name].follows is None
