"""One contact line: a name, and the ways to reach it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

DANISH_NUMBER_DIGITS = 8
DENMARK = "+45"


@dataclass(frozen=True)
class ContactLine:
    """A line as it stands in a contact box. ``phone`` and ``email`` may be empty."""

    name: str
    phone: str = ""
    email: str = ""

    @property
    def phone_uri(self) -> str:
        """The ``tel:`` address of the number, international where that is certain; empty without a number."""
        return phone_uri(self.phone)

    @property
    def email_uri(self) -> str:
        """The ``mailto:`` address; empty without an address."""
        return f"mailto:{self.email}" if self.email else ""


def phone_uri(number: str) -> str:
    """A ``tel:`` address from a number as people write it.

    >>> phone_uri("00 00 00 01")
    'tel:+4500000001'
    >>> phone_uri("00 45 00 00 00 01"), phone_uri("+46 8 00 00 00"), phone_uri("4312")
    ('tel:+4500000001', 'tel:+468000000', 'tel:4312')
    """
    digits = re.sub(r"\D", "", number)
    if not digits:
        return ""
    if number.strip().startswith("+"):
        return f"tel:+{digits}"
    if digits.startswith("00") and len(digits) > DANISH_NUMBER_DIGITS:
        return f"tel:+{digits[2:]}"
    if len(digits) == DANISH_NUMBER_DIGITS:
        return f"tel:{DENMARK}{digits}"
    return f"tel:{digits}"
