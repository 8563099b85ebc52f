"""All messages by their code. A code is for ever; its texts may be improved."""

from include.messages.cleanup import CLEANUP
from include.messages.connection import CONNECTION
from include.messages.coupling import COUPLING
from include.messages.document import DOCUMENT
from include.messages.message import Message
from include.messages.run import RUN
from include.messages.settings import SETTINGS
from include.messages.sync import SYNC
from include.messages.work_order import WORK_ORDER

CATALOGUE: dict[str, Message] = {
    message.code: message
    for message in (*CLEANUP, *CONNECTION, *COUPLING, *DOCUMENT, *RUN, *SETTINGS, *SYNC, *WORK_ORDER)
}
