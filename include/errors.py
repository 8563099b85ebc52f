"""Every error of the integration, grouped by what has to happen next.

IntegrationError      a code of the catalogue, the record it concerns, the values of its text
  Transient           wait and try again; ``retry_after_s`` when the other side said so
    AnswerLost        the same, but a write may have been carried out: look before sending again
  Misconfigured       fail now; a person must act
  RecordRejected      this record only; the run goes on
  ContractBroken      the API answered what its pages say it never does; fail now
"""

from include.messages import Language, Message, lookup


class IntegrationError(Exception):
    """Something that a person can read about: ``code`` is in the message catalogue, ``record`` a key to search for."""

    def __init__(self, code: str, record: str = "", **values: object) -> None:
        self.code, self.record, self.values = code, record, values
        super().__init__(f"{code} {record}: {self.text('en')}")

    @property
    def message(self) -> Message:
        return lookup(self.code)

    def text(self, language: Language = "nl") -> str:
        """What happened, in one sentence."""
        return self.message.text({"record": self.record, **self.values}, language).message

    def action(self, language: Language = "nl") -> str:
        """What a person should do."""
        return self.message.text({"record": self.record, **self.values}, language).action


class Transient(IntegrationError):
    """Wait and try again."""

    retry_after_s: float | None = None


class AnswerLost(Transient):
    """The request may or may not have been carried out."""


class Misconfigured(IntegrationError):
    """A person must act before trying again makes sense."""


class RecordRejected(IntegrationError):
    """This record cannot be handled; the others can."""


class ContractBroken(IntegrationError):
    """An answer that the API's own pages exclude."""
