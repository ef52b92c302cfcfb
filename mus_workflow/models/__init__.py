"""The models, one file each: fields, constraints and reading. Only actions write."""

from .agreement import SIGNS, Agreement, Meaning, Presentation, Recall, Signature
from .agreement_item import AgreementItem, Category, Outcome, Progress, Responsible
from .concept import Concept, ConceptVersion, Sector, rules_of
from .data_key import Artefact, DataKey, Erased, open_each, open_sealed, seal
from .delegation import Delegation
from .dialogue import Dialogue, DialogueForm, DialogueLock, Kind, Role
from .draft import Draft, DraftKind, moves_to
from .employment import Employment
from .follow_up import FollowUp
from .form_definition import FormDefinition, FormTranslation, Purpose
from .form_move import FormMove, MovesAhead
from .form_version import FormVersion, schema_of
from .grant import Grant
from .hr_partner import HrPartner
from .ledger_entry import ClockWentBack, Event, LedgerEntry, Payload, split_payload
from .manager_relation import ManagerRelation
from .parked_post import ParkedPost
from .participant import Participant
from .people import person_name, preferred_language, user_key
from .preparation import Preparation, SharedPreparation
from .reading import Reading, ReadingPurpose, quarter_of
from .sealed_file import SealedFile, packed
from .unit import Unit

__all__ = [
    "SIGNS",
    "Agreement",
    "AgreementItem",
    "Artefact",
    "Category",
    "ClockWentBack",
    "Concept",
    "ConceptVersion",
    "DataKey",
    "Delegation",
    "Dialogue",
    "DialogueForm",
    "DialogueLock",
    "Draft",
    "DraftKind",
    "Employment",
    "Erased",
    "Event",
    "FollowUp",
    "FormDefinition",
    "FormMove",
    "FormTranslation",
    "FormVersion",
    "Grant",
    "HrPartner",
    "Kind",
    "LedgerEntry",
    "ManagerRelation",
    "Meaning",
    "MovesAhead",
    "Outcome",
    "ParkedPost",
    "Participant",
    "Payload",
    "Preparation",
    "Presentation",
    "Progress",
    "Purpose",
    "Reading",
    "ReadingPurpose",
    "Recall",
    "Responsible",
    "Role",
    "SealedFile",
    "Sector",
    "SharedPreparation",
    "Signature",
    "Unit",
    "moves_to",
    "open_each",
    "open_sealed",
    "packed",
    "person_name",
    "preferred_language",
    "quarter_of",
    "rules_of",
    "schema_of",
    "seal",
    "split_payload",
    "user_key",
]
