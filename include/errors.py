"""Every exception of the project, grouped by what has to happen next.

IntegrationError      about another system: a code of the catalogue, the record it concerns, the values of its text
  Transient           wait and try again; ``retry_after_s`` when the other side said so
    OutcomeUnknown    the same, but a write may have been carried out: look before sending again
  Misconfigured       fail now; a person must act
    TokenRevoked      only a person can connect again
  RecordRejected      this record only; the run goes on
    RecordConflict    refused because of something else that is there
  ContractBroken      the API answered what its pages say it never does; fail now
UserError             what a person asked cannot be done as asked; ``problems`` say why, one sentence each
  InvalidInput        a field holds something that is not allowed
    DraftNotSavable   settings that were not checked, or are wrong
  InvalidState        not in the present state of the tenant, work order or proposal
    TenantNotActive   nothing is done for the tenant at this moment
    ProposalClosed    there is nothing to decide any more
    NothingToRestore  nothing of it can be put back
    WorkOrderRefused  not with this work order, as it is now
  NotFound            what was named does not exist
    TenantNotFound, ProblemNotFound
  Conflict            somebody else has it, or changed it meanwhile
    AlreadyCoupled    another tenant has the licence or the administration
    ContentsChanged   what would be wiped is not what was shown
  NotConfigured       an environment variable of the installation is missing or wrong
Superseded            another process took over; whoever gets this stops without another write
  RunSuperseded       another run has taken this one's place
  ClaimLost           another runner has taken the entry of the ledger over
TurnTaken             another run is sending to the package; what was to be sent waits for its turn
CredentialsLocked     another process is renewing the access
NotSent, NoAnswer     what became of an HTTP request that got no answer
  AddressRefused      a host that may not be spoken to
  UnusableAnswer      an answer came that is of no use, such as one without an end
StoreTrouble          the database cannot be written
RecordMissing         the record that was asked for is not there (404)
ChecksFailed          tenants that could not be checked for a reason that nobody foresaw
"""

from collections.abc import Sequence

from include.messages import Language, Message, lookup


class IntegrationError(Exception):
    """Something that a person can read about: ``code`` is in the message catalogue, ``record`` a key to search for."""

    def __init__(self, code: str, record: str = "", **values: object) -> None:
        self.code, self.record, self.values = code, record, values
        super().__init__(f"{code} {record}: {self.text('en')}")

    @property
    def message(self) -> Message:
        """The entry that the catalogue has of the code."""
        return lookup(self.code)

    def text(self, language: Language = "nl") -> str:
        """Return what happened, in one sentence."""
        return self.message.text({"record": self.record, **self.values}, language).message

    def action(self, language: Language = "nl") -> str:
        """Return what a person should do."""
        return self.message.text({"record": self.record, **self.values}, language).action


class Transient(IntegrationError):
    """Says that waiting and trying again may help."""

    retry_after_s: float | None = None


class OutcomeUnknown(Transient):
    """Says that the request may or may not have been carried out."""


class Misconfigured(IntegrationError):
    """Says that a person must act before trying again makes sense."""


class TokenRevoked(Misconfigured):
    """Says that the token was refused for good; only a person can connect again."""


class RecordRejected(IntegrationError):
    """Says that this record cannot be handled; the others can."""


class RecordConflict(RecordRejected):
    """Says that the record was refused because of something else that is there (409)."""


class ContractBroken(IntegrationError):
    """Says that an answer came that the API's own pages exclude."""


class UserError(Exception):
    """Says no to what a person asked; ``problems`` are sentences, each beginning with the field that it is about."""

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("; ".join(self.problems))


class InvalidInput(UserError):
    """Names each field that is wrong, its value and what is allowed."""


class DraftNotSavable(InvalidInput):
    """Names what has to be done before the settings can be saved."""


class InvalidState(UserError):
    """Names the present state, and what is possible in it."""


class TenantNotActive(InvalidState):
    """Says that the tenant is in a state in which this may not happen, or that a person paused it."""


class ProposalClosed(InvalidState):
    """Says why there is nothing to decide, or to carry out, any more."""


class NothingToRestore(InvalidState):
    """Says that there is no such clean-up, or nothing of it that can be put back."""


class WorkOrderRefused(InvalidState):
    """Says why this cannot be done with a work order."""


class NotFound(UserError):
    """Names what does not exist, and what does."""


class TenantNotFound(NotFound):
    """Says that there is no tenant of that name, and which there are."""


class ProblemNotFound(NotFound):
    """Says that the tenant has no open problem of that number."""


class Conflict(UserError):
    """Says who or what is in the way."""


class AlreadyCoupled(Conflict):
    """Says that another tenant has it, or that this one had another, and what can be done."""


class ContentsChanged(Conflict):
    """Says that what would be wiped is not what was shown, with both numbers."""


class NotConfigured(UserError):
    """Names the environment variable that is missing or wrong, and what is allowed."""


class Superseded(Exception):
    """Says that another process took over; whoever gets this stops without another write."""


class RunSuperseded(Superseded):
    """Says that another run has taken this one's place."""


class ClaimLost(Superseded):
    """Says that another runner has taken the entry over; whoever gets this must not touch it any more."""


class TurnTaken(Exception):
    """Says that another run is sending at the moment, for longer than was waited."""


class CredentialsLocked(Exception):
    """Says that another process is renewing the access."""


class NotSent(Exception):
    """Says that the request did not reach the other side; it is safe to try again."""


class AddressRefused(NotSent):
    """Says that a host may not be spoken to: it is in a private network, or without TLS, and is not listed."""


class NoAnswer(Exception):
    """Says that the request may have been carried out, but no answer came, or ``begun`` but broke off."""

    begun = False


class UnusableAnswer(NoAnswer):
    """Says that an answer came which is of no use, and the same would come again."""


class StoreTrouble(Exception):
    """Says why the database could not be written. ``answers`` is whether it said so itself."""

    def __init__(self, reason: str, *, answers: bool) -> None:
        super().__init__(reason)
        self.answers = answers


class RecordMissing(LookupError):
    """Says that the record that was asked for is not there."""


class ChecksFailed(Exception):
    """Names the tenants that could not be checked for a reason that nobody foresaw; all others were."""
