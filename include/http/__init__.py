"""The one HTTP client: sessions, time-outs, short waits, bounds and masks. It knows nothing of any API."""

from include.http.body import MOST_BYTES, MOST_ERROR_BYTES
from include.http.client import BUSY, PAUSES_S, WAITING_S, Http, Response, TimeBudget

__all__ = ["BUSY", "MOST_BYTES", "MOST_ERROR_BYTES", "PAUSES_S", "WAITING_S", "Http", "Response", "TimeBudget"]
