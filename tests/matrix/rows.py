"""The permission matrix of the addresses: one line for each, readable by the owner of the product.

A row says for whom the address exists. For everybody else it answers 404, on every method, at every stage: not "you may
not", which would say that there is something. ``content`` marks a page that may hold words somebody wrote.
"""

from __future__ import annotations

from dataclasses import dataclass

PARTIES = frozenset({"employee", "manager"})
ARRANGING = PARTIES | {"delegate"}
EVERYBODY = frozenset(
    {
        "employee",
        "manager",
        "other_manager",
        "former_manager",
        "delegate",
        "hr",
        "editor",
        "auditor",
        "auditor2",
        "admin",
    }
)


@dataclass(frozen=True)
class Row:
    """Who an address exists for, and which methods it takes."""

    exists_for: frozenset[str]
    methods: frozenset[str]
    content: bool = False


def page(exists_for: frozenset[str], *, content: bool = False) -> Row:
    """An address that is only read."""
    return Row(exists_for, frozenset({"GET"}), content)


def form(exists_for: frozenset[str], *, content: bool = False) -> Row:
    """An address with a form on it."""
    return Row(exists_for, frozenset({"GET", "POST"}), content)


def verb(exists_for: frozenset[str]) -> Row:
    """An address that is only posted to."""
    return Row(exists_for, frozenset({"POST"}))


MATRIX: dict[str, Row] = {
    "my_mus": page(EVERYBODY, content=True),
    "csrf_token": page(EVERYBODY),
    "my_preparation": page(EVERYBODY),
    "my_agreement": page(EVERYBODY),
    # A POST gives an archive of what is about the person who asks, and of nobody else.
    "my_data": form(EVERYBODY),
    # Dates, roles and purposes of what others have opened of one's own: the same words for all, and nobody's text.
    "who_looked": page(EVERYBODY),
    "hr_overview": page(frozenset({"hr"})),
    "employee_invite": form(frozenset({"manager", "delegate"})),
    # Of a file that both write with; one in a preparation exists for its author, and for whom it is shared with.
    "file_detail": page(PARTIES, content=True),
    "dialogue_detail": page(PARTIES, content=True),
    "dialogue_not_held": form(PARTIES),
    "dialogue_close": verb(PARTIES),
    "dialogue_invite": form(ARRANGING),
    "invitation_accept": verb(PARTIES),
    "invitation_calendar": page(ARRANGING),
    "preparation_edit": form(PARTIES, content=True),
    "preparation_autosave": verb(PARTIES),
    "preparation_paper": page(PARTIES),
    "preparation_share": form(PARTIES, content=True),
    "preparation_withdraw": verb(PARTIES),
    "talk": form(PARTIES, content=True),
    "talk_hold": verb(PARTIES),
    "talk_break_off": verb(PARTIES),
    "agreement_detail": page(PARTIES, content=True),
    "agreement_edit": form(PARTIES, content=True),
    "agreement_autosave": verb(PARTIES),
    "agreement_changes": page(PARTIES, content=True),
    "agreement_save": verb(PARTIES),
    "agreement_present": verb(PARTIES),
    "agreement_take_back": verb(PARTIES),
    "agreement_amend": form(PARTIES, content=True),
    "agreement_drop": verb(PARTIES),
    "agreement_sign": form(PARTIES, content=True),
    "agreement_revision": page(PARTIES, content=True),
    "agreement_compare": page(PARTIES, content=True),
    "agreement_certificate": page(PARTIES, content=True),
    "item_list": page(PARTIES, content=True),
    "item_progress": form(PARTIES, content=True),
    "item_outcome": verb(PARTIES),
    "follow_up_edit": form(PARTIES, content=True),
    "follow_up_autosave": verb(PARTIES),
    "follow_up_record": verb(PARTIES),
}

# Addresses in the CMS's administration, by name in the namespace ``mus_audit``. For everybody else they do not exist.
AUDITORS = frozenset({"auditor", "auditor2"})
AUDIT_MATRIX: dict[str, Row] = {
    "index": page(AUDITORS),
    "index_results": page(AUDITORS),
    "history": page(AUDITORS),
    "history_results": page(AUDITORS),
    "timeline": page(AUDITORS),
    "timeline_results": page(AUDITORS),
    "as_of": page(AUDITORS),
    "compare": page(AUDITORS, content=True),
    # The words only under a grant that covers them.
    "course": page(AUDITORS, content=True),
    "grant_request": form(AUDITORS),
    # Takes a POST that names a waiting request.
    "grants": page(AUDITORS),
    "bundle": page(AUDITORS),
    # Takes a POST that says what to take out; may hold words that a grant of the auditor's opens.
    "bundle_file": Row(AUDITORS, frozenset({"POST"}), content=True),
    "grants_results": page(AUDITORS),
    "rules": page(AUDITORS),
    "rules_results": page(AUDITORS),
}

# The same in the namespace ``mus_holds``: for whoever was given the task, which nobody of the cast was.
HOLDS_MATRIX: dict[str, Row] = {"index": form(frozenset()), "index_results": page(frozenset())}
