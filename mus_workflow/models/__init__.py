"""The models, one file each: fields, constraints and reading. Only actions write."""

from .agreement import SIGNS, Agreement, Meaning, Presentation, Recall, Signature
from .agreement_item import AgreementItem, Category, Outcome, Progress, Responsible
from .checkpoint import ChainHead, Checkpoint, Delivery
from .concept import Concept, ConceptVersion, ErasureRule, Sector, rules_of
from .data_key import Artefact, DataKey, Erased, open_each, open_sealed, seal
from .delegation import Delegation
from .dialogue import Dialogue, DialogueForm, DialogueLock, Kind, Role
from .draft import Draft, DraftKind, moves_to
from .employment import Employment
from .erasure_run import ErasureRun
from .follow_up import FollowUp
from .form_definition import FormDefinition, FormTranslation, Purpose
from .form_move import FormMove, MovesAhead
from .form_version import FormVersion, schema_of
from .grant import Grant, GrantScope
from .hr_partner import HrPartner
from .key_backup_check import KeyBackupCheck
from .ledger_entry import ClockWentBack, Event, LedgerEntry, Payload, split_payload
from .legal_hold import LegalHold
from .manager_relation import ManagerRelation
from .outside_chains import POWERS, RELATIONS, exports_chain, relations_chain, rules_chain
from .parked_post import ParkedPost
from .participant import Participant
from .password_change import PasswordChange
from .people import person_name, preferred_language, user_key
from .preparation import Preparation, SharedPreparation
from .reading import LEDGERED, Reading, ReadingPurpose, quarter_of
from .sealed_file import SealedFile, packed
from .unit import Unit
from .verification import Verification

__all__ = [
    "LEDGERED",
    "POWERS",
    "RELATIONS",
    "SIGNS",
    "Agreement",
    "AgreementItem",
    "Artefact",
    "Category",
    "ChainHead",
    "Checkpoint",
    "ClockWentBack",
    "Concept",
    "ConceptVersion",
    "DataKey",
    "Delegation",
    "Delivery",
    "Dialogue",
    "DialogueForm",
    "DialogueLock",
    "Draft",
    "DraftKind",
    "Employment",
    "Erased",
    "ErasureRule",
    "ErasureRun",
    "Event",
    "FollowUp",
    "FormDefinition",
    "FormMove",
    "FormTranslation",
    "FormVersion",
    "Grant",
    "GrantScope",
    "HrPartner",
    "KeyBackupCheck",
    "Kind",
    "LedgerEntry",
    "LegalHold",
    "ManagerRelation",
    "Meaning",
    "MovesAhead",
    "Outcome",
    "ParkedPost",
    "Participant",
    "PasswordChange",
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
    "Verification",
    "exports_chain",
    "moves_to",
    "open_each",
    "open_sealed",
    "packed",
    "person_name",
    "preferred_language",
    "quarter_of",
    "relations_chain",
    "rules_chain",
    "rules_of",
    "schema_of",
    "seal",
    "split_payload",
    "user_key",
]
