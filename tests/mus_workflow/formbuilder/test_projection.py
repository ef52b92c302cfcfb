"""Rules about facts and sides, as they reach one reader or a common sheet."""

from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.projection import FormKey, for_audience, joint, met_terms, side_id, with_facts
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, form, ident, only_if, section

SURE = asks("yes_no", "Sure?")


def rule(effect, match, *terms):
    return {"effect": effect, "match": match, "terms": list(terms)}


def ruled(part, *rules):
    return {**part, "value": {**part["value"], "rules": list(rules)}}


IS_SURE = {"type": "answer", "value": only_if("Sure?", "equals", "yes")}
IS_MANAGER = {"type": "role", "value": {"op": "equals", "value": "MANAGER"}}
LEADS = {"type": "reports", "value": {"op": "equals", "value": "yes"}}
TWO = section(asks("long_text", "Why?"), heading="Two")


def test_on_a_common_sheet_each_side_s_own_answer_opens_its_own_section():
    schema = joint(form(section(SURE), ruled(TWO, rule("SHOW", "ALL", IS_SURE))))
    mine, theirs = side_id(ident("Why?"), "EMPLOYEE"), side_id(ident("Why?"), "MANAGER")
    shown = visible_ids(schema, {side_id(ident("Sure?"), "EMPLOYEE"): True})
    assert mine in shown
    assert theirs not in shown


def test_on_a_common_sheet_a_section_for_one_role_asks_that_side_alone():
    whole = form(section(SURE), ruled(TWO, rule("SHOW", "ALL", IS_MANAGER)))
    schema = with_facts(joint(whole), met_terms(joint(whole), {}))
    shown = visible_ids(schema, {})
    assert side_id(ident("Why?"), "MANAGER") in shown
    assert side_id(ident("Why?"), "EMPLOYEE") not in shown


def test_a_role_is_known_on_a_common_sheet_without_twofold_questions_too():
    mine = {**TWO["value"]["questions"][0]}
    mine["value"] = {**mine["value"], "audience": "MANAGER", "rules": [rule("SHOW", "ALL", IS_MANAGER)]}
    schema = joint(asking(asks("yes_no", "Sure?", audience="AGREED"), mine))
    assert ident("Why?") in visible_ids(with_facts(schema, met_terms(schema, {})), {})


def test_what_depends_on_a_question_that_the_facts_rule_out_counts_it_as_unanswered_and_can_be_drawn():
    leads = asks("yes_no", "Leads?", rules=[rule("SHOW", "ALL", LEADS)])
    why = asks("long_text", "Why?", condition=only_if("Leads?", "answered"))
    schema = asking(SURE, leads, why)
    met = met_terms(schema, {"REPORTS": False})
    mine = with_facts(for_audience(schema, "EMPLOYEE"), met)
    assert visible_ids(mine, {ident("Leads?"): True}) == {ident("Sure?")}
    html = render_form(FormKey(digest(schema), "EMPLOYEE", "en", met), schema, {})
    assert ident("Why?") in html
    assert ident("Leads?") not in html.replace(f'"{ident("Leads?")}"', "").replace(f"&quot;{ident('Leads?')}&quot;", "")
