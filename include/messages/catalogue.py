"""All messages by their code. A code is for ever; its texts may be improved."""

from include.messages.connection import CONNECTION
from include.messages.message import Message
from include.messages.sync import SYNC
from include.messages.work_order import WORK_ORDER

CATALOGUE: dict[str, Message] = {m.code: m for m in (*CONNECTION, *SYNC, *WORK_ORDER)}
