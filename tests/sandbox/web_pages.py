"""The sandboxes' own pages, as read without a browser."""

import re
from html import unescape
from urllib.parse import urljoin

import requests

from tests.helpers.sandboxes import Sandbox


def text_of(html: str) -> str:
    """What a person reads, on one line."""
    without_head = html.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without_head)).split())


def get(sandbox: Sandbox, path: str, status: int = 200) -> str:
    answer = requests.get(urljoin(sandbox.root, path), timeout=10)
    assert answer.status_code == status, answer.text
    return answer.text
