"""The data map: what each column holds, whose it is, why it is kept and for how long (GDPR art. 30).

A column that is not here fails the build. Classes: ``public`` is on the intranet anyway; ``internal`` says nothing of a
person; ``personal`` is about a person and in clear, because queries and lists need it; ``sealed`` is a person's words,
readable with their data key only; ``private`` tells of work that nobody else may notice.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENT = _("no personal data; kept while the site uses it")
COURSE = _("no rule erases it: it shows that the talk was held when its words are gone")
EVIDENCE = _("as long as the agreement can be asked for; holds no words, only ids, times and hashes")
SEALED_COPY = _("never removed; its words end with their data key")


class Activity(models.TextChoices):
    """The processing that a model belongs to, as the record of processing names it, in its order."""

    PEOPLE = "PEOPLE", _("Who works where, and whose manager is who")
    COURSE = "COURSE", _("The course of a dialogue")
    PREPARATION = "PREPARATION", _("Preparing, and sharing what one chooses")
    AGREEMENT = "AGREEMENT", _("The agreement, its items and the follow-up")
    PROOF = "PROOF", _("Proof of what was agreed")
    OVERSIGHT = "OVERSIGHT", _("Oversight: readings, permissions, holds and erasure")
    FORMS = "FORMS", _("Forms and the organisation's rules")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One model: what it belongs to, why it is kept, for how long, and its columns by class (apart by spaces)."""

    activity: Activity
    purpose: str | Promise
    retention: str | Promise
    public: str = ""
    internal: str = ""
    personal: str = ""
    sealed: str = ""
    private: str = ""

    def columns(self) -> dict[str, str]:
        """{column: class}. A column named twice is an error of the map, and the last class counts."""
        classes = [field.name for field in fields(self) if field.name not in ("activity", "purpose", "retention")]
        return {name: kind for kind in classes for name in getattr(self, kind).split()}


_DRAFTED = (
    "id latest_revision live has_unpublished_changes first_published_at last_published_at live_revision go_live_at "
    "expire_at expired locked locked_at locked_by "
)
_HISTORY = " history_change_reason history_id history_date history_type"
_ACTOR = " actor_label actor_role history_user_id"
_ITEM_STATE = "category responsible due_date progress progress_at outcome outcome_at outcome_in "

DATA_MAP: dict[str, Kept] = {
    "FormDefinition": Kept(
        activity=Activity.FORMS,
        purpose=_("forms as editors write them"),
        retention=CONTENT,
        public=_DRAFTED + "title slug purpose language layout retention intro body",
    ),
    "FormTranslation": Kept(
        activity=Activity.FORMS, purpose=_("a form's texts"), retention=CONTENT, public="id form language texts sources"
    ),
    "FormVersion": Kept(
        activity=Activity.FORMS,
        purpose=_("forms as people met them"),
        retention=_("as long as an answer points to it"),
        public="id form number schema digest created_at bridges",
        personal="created_by_key",
    ),
    "FormMove": Kept(
        activity=Activity.FORMS,
        purpose=_("what editors decided for dialogues under way"),
        retention=_("as long as its versions"),
        public="id from_version to_version choices confirm decided_at",
        personal="decided_by_key",
    ),
    "MovesAhead": Kept(
        activity=Activity.FORMS,
        purpose=_("what editors decided before a form was published"),
        retention=_("as long as the form"),
        public="id form digest choices decided_at",
        personal="decided_by_key",
    ),
    "Concept": Kept(
        activity=Activity.FORMS,
        purpose=_("the organisation's rules"),
        retention=CONTENT,
        public=_DRAFTED + "title is_default sector employee_form manager_form agreement_form follow_up_form "
        "interval_months notice_days preparation_days meeting_minutes pay_text contact_text guide_root erasure "
        "keep_preparation_days keep_shared_months keep_agreement_years",
    ),
    "ConceptVersion": Kept(
        activity=Activity.FORMS,
        purpose=_("the rules a dialogue began under"),
        retention=_("as long as a dialogue points to it"),
        public="id concept number document digest created_at",
        personal="created_by_key",
    ),
    "Unit": Kept(
        activity=Activity.PEOPLE, purpose=_("the organisation"), retention=CONTENT, public="path depth numchild id name"
    ),
    "Employment": Kept(
        activity=Activity.PEOPLE,
        purpose=_("who works where"),
        retention=_("while employed, and as the source of people says"),
        internal="id unit",
        personal="user title job_family start_date end_date",
    ),
    "ManagerRelation": Kept(
        activity=Activity.PEOPLE,
        purpose=_("whose dialogue is with whom"),
        retention=_("while employed, and as the source of people says"),
        internal="id",
        personal="employee manager start_date end_date made_by_key confirmed_at confirmed_by_key",
    ),
    "Delegation": Kept(
        activity=Activity.PEOPLE,
        purpose=_("who arranges talks for whom"),
        retention=_("while it holds"),
        internal="id",
        personal="manager delegate start_date end_date",
    ),
    "HrPartner": Kept(
        activity=Activity.PEOPLE,
        purpose=_("who sees which counts"),
        retention=_("while it holds"),
        internal="id unit",
        personal="user",
    ),
    "Dialogue": Kept(
        activity=Activity.COURSE,
        purpose=_("where a dialogue stands, and when the talk is"),
        retention=COURSE,
        internal="id reference kind concept_version unit language invitation_sequence",
        personal="stage stage_since due_date meeting_at meeting_minutes meeting_place held_at previous created_at",
    ),
    "DialogueLock": Kept(
        activity=Activity.COURSE, purpose=_("one action at a time"), retention=COURSE, internal="dialogue taken"
    ),
    "DialogueForm": Kept(
        activity=Activity.COURSE,
        purpose=_("the forms a dialogue began with"),
        retention=COURSE,
        internal="id dialogue purpose form_version",
    ),
    "Participant": Kept(
        activity=Activity.COURSE,
        purpose=_("who takes part"),
        retention=COURSE,
        internal="id dialogue role",
        personal="user user_key name joined_at left_at",
    ),
    "Draft": Kept(
        activity=Activity.PREPARATION,
        purpose=_("what is being typed"),
        retention=_("until the agreement is signed and the concept's days have passed"),
        internal="id dialogue kind form_version",
        personal="participant",
        sealed="envelope",
        private="version saved_at",
    ),
    "SealedFile": Kept(
        activity=Activity.PREPARATION,
        purpose=_("files added to answers"),
        retention=_("as the answer they belong to; recorded ones as long as the agreement"),
        internal="id dialogue question_id is_recorded",
        personal="participant added_at removed_at",
        sealed="envelope",
    ),
    "Preparation": Kept(
        activity=Activity.PREPARATION,
        purpose=_("a person's preparation"),
        retention=_("until the agreement is signed and the concept's days have passed"),
        internal="id draft",
        personal="participant",
    ),
    "SharedPreparation": Kept(
        activity=Activity.PREPARATION,
        purpose=_("what was shared of it"),
        retention=_("until the agreement is signed and the concept's months have passed"),
        internal="id preparation",
        personal="revision shared_at withdrawn_at",
        sealed="document",
    ),
    "HistoricalSharedPreparation": Kept(
        activity=Activity.PREPARATION,
        purpose=_("each sharing"),
        retention=SEALED_COPY,
        internal="id preparation" + _HISTORY,
        personal="revision shared_at withdrawn_at" + _ACTOR,
        sealed="document",
    ),
    "Agreement": Kept(
        activity=Activity.AGREEMENT,
        purpose=_("what was agreed"),
        retention=_("until the employee has left and the concept's years have passed"),
        internal="id dialogue revision",
        sealed="document change_note",
    ),
    "HistoricalAgreement": Kept(
        activity=Activity.AGREEMENT,
        purpose=_("each revision"),
        retention=SEALED_COPY,
        internal="id dialogue revision" + _HISTORY,
        personal=_ACTOR,
        sealed="document change_note",
    ),
    "Presentation": Kept(
        activity=Activity.AGREEMENT,
        purpose=_("what was put before whom"),
        retention=EVIDENCE,
        internal="id agreement revision document_sha256 party_count",
        personal="parties presented_at presented_by",
    ),
    "Recall": Kept(
        activity=Activity.AGREEMENT,
        purpose=_("what was taken back"),
        retention=EVIDENCE,
        internal="presentation",
        personal="recalled_at recalled_by",
    ),
    "Signature": Kept(
        activity=Activity.AGREEMENT,
        purpose=_("who signed what"),
        retention=EVIDENCE,
        internal="id agreement presentation revision document_sha256 ledger_entry",
        personal="participant meaning auth_method signed_at",
        sealed="remark",
    ),
    "AgreementItem": Kept(
        activity=Activity.AGREEMENT,
        purpose=_("what was agreed, point by point"),
        retention=_("as the agreement"),
        internal="id agreement revision position lineage repeats",
        personal=_ITEM_STATE,
        sealed="text progress_note outcome_note",
    ),
    "HistoricalAgreementItem": Kept(
        activity=Activity.AGREEMENT,
        purpose=_("how it went"),
        retention=SEALED_COPY,
        internal="id agreement revision position lineage repeats" + _HISTORY,
        personal=_ITEM_STATE + _ACTOR,
        sealed="text progress_note outcome_note",
    ),
    "FollowUp": Kept(
        activity=Activity.AGREEMENT,
        purpose=_("what was said at a follow-up"),
        retention=_("as the agreement"),
        internal="id dialogue number",
        personal="recorded_at recorded_by",
        sealed="document",
    ),
    "LedgerEntry": Kept(
        activity=Activity.PROOF,
        purpose=_("proof of what happened"),
        retention=EVIDENCE,
        internal="seq chain n version event object_type object_id history_id commitment previous hash",
        personal="actor real_actor auth_method at_us",
    ),
    "Payload": Kept(
        activity=Activity.PROOF,
        purpose=_("the bytes a proof covers"),
        retention=SEALED_COPY,
        internal="entry",
        sealed="envelope",
    ),
    "DataKey": Kept(
        activity=Activity.PROOF,
        purpose=_("opens the words of one class, and erases them"),
        retention=_("until the class's period ends; then only the receipt"),
        internal="id dialogue artefact master_key wrapped created_at destroyed_at destroyed_rule",
        personal="participant",
    ),
    "Reading": Kept(
        activity=Activity.OVERSIGHT,
        purpose=_("who read what another wrote"),
        retention=_("as long as the settings say"),
        internal="id dialogue purpose",
        personal="reader reader_key reader_role quarter read_at",
    ),
    "Grant": Kept(
        activity=Activity.OVERSIGHT,
        purpose=_("an auditor's permission"),
        retention=EVIDENCE,
        internal="id dialogue scope days",
        personal="auditor auditor_key requested_at approved_by_key approved_at refused_at expires_at ended_at "
        "ended_by_key",
        sealed="reason",
    ),
    "Checkpoint": Kept(
        activity=Activity.PROOF,
        purpose=_("proof of what there was at a moment"),
        retention=_("for ever"),
        internal="id number made_at chains entries root readings readings_root readings_until note",
    ),
    "ChainHead": Kept(
        activity=Activity.PROOF,
        purpose=_("what a checkpoint covers"),
        retention=_("for ever; holds no words, only hashes"),
        internal="id checkpoint chain n hash",
    ),
    "Delivery": Kept(
        activity=Activity.PROOF,
        purpose=_("whether a checkpoint arrived outside"),
        retention=_("for ever"),
        internal="id checkpoint sink tried_at problem",
    ),
    "Verification": Kept(
        activity=Activity.PROOF,
        purpose=_("what a check of everything found"),
        retention=_("for ever"),
        internal="id started_at ended_at since dialogues entries found findings erased checkpoint",
    ),
    "LegalHold": Kept(
        activity=Activity.OVERSIGHT,
        purpose=_("keeps a dialogue that a case needs from being erased"),
        retention=EVIDENCE,
        internal="id dialogue",
        personal="placed_at placed_by_key lifted_at lifted_by_key",
        sealed="reason",
    ),
    "ErasureRun": Kept(
        activity=Activity.OVERSIGHT,
        purpose=_("receipt of what the rules erased, in counts"),
        retention=_("for ever"),
        internal="id ran_at keys readings by_rule replayed",
        personal="by_key",
    ),
    "PasswordChange": Kept(
        activity=Activity.OVERSIGHT,
        purpose=_("nobody signs with a password that another has just set"),
        retention=_("a month"),
        internal="id",
        personal="user_key changed_at changed_by_key",
    ),
    "KeyBackupCheck": Kept(
        activity=Activity.PROOF,
        purpose=_("that the copy of a master key works"),
        retention=_("for ever"),
        internal="id master_key checked_at opened",
    ),
    "ParkedPost": Kept(
        activity=Activity.PREPARATION,
        purpose=_("a form that could not be taken"),
        retention=_("as long as the settings say"),
        internal="id path",
        personal="user_key expires_at",
        sealed="envelope",
    ),
}
