"""Privacy: what is kept of people and for how long; showing it all to them, and taking it out again.

In: a chat, the periods of `organization.yaml`, the day. Out: an export, an erasure, a clean store. It walks the
tables of every service, so it stands above them; it decides nothing about tickets that the desk wouldn't allow.
"""

from bot.privacy.cleaning import Cleaned, Cleaner, clean
from bot.privacy.erasing import TRACES, Erasure, erase_person
from bot.privacy.export import Export, export_of

__all__ = ["TRACES", "Cleaned", "Cleaner", "Erasure", "Export", "clean", "erase_person", "export_of"]
