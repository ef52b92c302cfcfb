"""The plugin's addresses, under any prefix. One name for URL, view, template and test."""

from __future__ import annotations

from django.urls import path

from .views import (
    agreement,
    certificate,
    dialogue,
    files,
    follow_up,
    invitation,
    items,
    my_data,
    my_mus,
    overview,
    preparation,
    revisions,
    session,
    shortcuts,
    signing,
    talk,
    who_looked,
)

app_name = "mus_workflow"

_D = "dialogues/<uuid:dialogue_id>/"
_A = f"{_D}agreement/"
_I = f"{_D}items/<uuid:item_id>/"

urlpatterns = [
    path("", my_mus.my_mus, name="my_mus"),
    path("token/", session.csrf_token, name="csrf_token"),
    path("my-preparation/", shortcuts.my_preparation, name="my_preparation"),
    path("my-agreement/", shortcuts.my_agreement, name="my_agreement"),
    path("my-data/", my_data.my_data, name="my_data"),
    path("who-has-looked/", who_looked.who_looked, name="who_looked"),
    path("overview/", overview.hr_overview, name="hr_overview"),
    path("people/<uuid:employment_id>/invite/", invitation.employee_invite, name="employee_invite"),
    path("files/<uuid:file_id>/", files.file_detail, name="file_detail"),
    path(_D, dialogue.dialogue_detail, name="dialogue_detail"),
    path(f"{_D}not-held/", dialogue.dialogue_not_held, name="dialogue_not_held"),
    path(f"{_D}close/", dialogue.dialogue_close, name="dialogue_close"),
    path(f"{_D}invite/", invitation.dialogue_invite, name="dialogue_invite"),
    path(f"{_D}accept/", invitation.invitation_accept, name="invitation_accept"),
    path(f"{_D}calendar.ics", invitation.invitation_calendar, name="invitation_calendar"),
    path(f"{_D}preparation/", preparation.preparation_edit, name="preparation_edit"),
    path(f"{_D}preparation/autosave/", preparation.preparation_autosave, name="preparation_autosave"),
    path(f"{_D}preparation/paper/", preparation.preparation_paper, name="preparation_paper"),
    path(f"{_D}preparation/share/", preparation.preparation_share, name="preparation_share"),
    path(f"{_D}preparation/withdraw/", preparation.preparation_withdraw, name="preparation_withdraw"),
    path(f"{_D}talk/", talk.talk, name="talk"),
    path(f"{_D}talk/hold/", talk.talk_hold, name="talk_hold"),
    path(f"{_D}talk/break-off/", talk.talk_break_off, name="talk_break_off"),
    path(_A, agreement.agreement_detail, name="agreement_detail"),
    path(f"{_A}edit/", agreement.agreement_edit, name="agreement_edit"),
    path(f"{_A}autosave/", agreement.agreement_autosave, name="agreement_autosave"),
    path(f"{_A}changes/", agreement.agreement_changes, name="agreement_changes"),
    path(f"{_A}save/", agreement.agreement_save, name="agreement_save"),
    path(f"{_A}present/", agreement.agreement_present, name="agreement_present"),
    path(f"{_A}take-back/", agreement.agreement_take_back, name="agreement_take_back"),
    path(f"{_A}amend/", agreement.agreement_amend, name="agreement_amend"),
    path(f"{_A}drop/", agreement.agreement_drop, name="agreement_drop"),
    path(f"{_A}sign/", signing.agreement_sign, name="agreement_sign"),
    path(f"{_A}revisions/<int:revision>/", revisions.agreement_revision, name="agreement_revision"),
    path(f"{_A}certificate/<int:revision>/", certificate.agreement_certificate, name="agreement_certificate"),
    path(f"{_A}compare/<int:old>/<int:new>/", revisions.agreement_compare, name="agreement_compare"),
    path(f"{_D}items/", items.item_list, name="item_list"),
    path(f"{_I}progress/", items.item_progress, name="item_progress"),
    path(f"{_I}outcome/", items.item_outcome, name="item_outcome"),
    path(f"{_D}follow-up/", follow_up.follow_up_edit, name="follow_up_edit"),
    path(f"{_D}follow-up/autosave/", follow_up.follow_up_autosave, name="follow_up_autosave"),
    path(f"{_D}follow-up/record/", follow_up.follow_up_record, name="follow_up_record"),
]
