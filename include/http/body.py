"""Takes the body of an answer: in pieces, decoded, and no more of it than anybody has to say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests
from requests.exceptions import ConnectionError
from urllib3.exceptions import HTTPError

from include.errors import UnusableAnswer

MOST_BYTES = 32 * 2**20  # of an answer that is kept, decoded; the largest page of any list has a few MiB
MOST_STREAMED_BYTES = 512 * 2**20  # of one that is not kept
MOST_ERROR_BYTES = 64 * 2**10  # of what is said in an error: no more than that is read
Consume = Callable[[bytes], object]


@dataclass
class TakenBody:
    """Holds what was taken of an answer: its body, or whether ``consume`` was given some of it."""

    consume: Consume | None
    body: bytes = b""
    begun: bool = False

    def take(self, reply: requests.Response) -> None:
        """Take the answer in pieces, decoded; of an error no more than is worth reading. Raises UnusableAnswer."""
        if self.consume is not None and reply.status_code == 200:
            self._pass_on(reply, self.consume)
            return
        is_error = reply.status_code >= 300
        self.body = b"".join(_pieces(reply, MOST_ERROR_BYTES if is_error else MOST_BYTES, cut=is_error))

    def _pass_on(self, reply: requests.Response, consume: Consume) -> None:
        for piece in _pieces(reply, MOST_STREAMED_BYTES, cut=False):
            self.begun = True
            consume(piece)


def _pieces(reply: requests.Response, most: int, *, cut: bool) -> Iterator[bytes]:
    """Yield the decoded body in pieces of 64 KiB at most; what is larger is ``cut``, or raises UnusableAnswer."""
    size = 0
    try:
        while piece := reply.raw.read1(65_536, decode_content=True):
            size += len(piece)
            if size > most:
                if not cut:
                    raise UnusableAnswer(f"larger than {most // 2**20} MiB")
                yield piece[: len(piece) - (size - most)]
                reply.raw.close()  # the rest of it is never read
                return
            yield piece
    except HTTPError as error:
        raise ConnectionError(error) from None
    finally:
        reply.close()
