"""All messages by their code. A code is for ever; its texts may be improved."""

from include.messages.cleanup import CLEANUP
from include.messages.connection import CONNECTION
from include.messages.life import LIFE
from include.messages.message import Message
from include.messages.problem import PROBLEM
from include.messages.settings import SETTINGS
from include.messages.sync import SYNC
from include.messages.work_order import WORK_ORDER

CATALOGUE: dict[str, Message] = {
    m.code: m for m in (*CLEANUP, *CONNECTION, *LIFE, *PROBLEM, *SETTINGS, *SYNC, *WORK_ORDER)
}
