"""What holds for every page: axe finds nothing, and neither do the checks that axe does not make."""

from __future__ import annotations

from pathlib import Path

from tests.browser.visitor import Visitor

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text()
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN = """
async ([levels, within]) => {
  // The button that opens the filters of a list is Wagtail's: its number is no part of its label.
  const context = within ? { include: within, exclude: ".w-slim-header-action-button" } : document;
  const found = await axe.run(context, { runOnly: levels, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}
"""
# aria-* and for= that name nothing, groups of options without a name, no language, not one main heading. One box to
# tick is no group: its label says it all.
CHECK = """
(within) => {
  const root = within ? document.querySelector(within) : document;
  const found = [];
  const naming = ["aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "aria-errormessage", "for"];
  for (const name of naming) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      for (const id of element.getAttribute(name).split(/\\s+/)) {
        if (!document.getElementById(id)) found.push(`${name} names nothing: ${id || "empty"}`);
      }
    }
  }
  const groups = new Map();
  for (const field of root.querySelectorAll("input[type=radio], .mus-question input[type=checkbox][name^=q_]")) {
    if (!groups.has(field.name)) groups.set(field.name, field);
  }
  for (const field of groups.values()) {
    const named = field.closest("[role=radiogroup][aria-label], [role=group][aria-label]");
    const alone = root.querySelectorAll(`[type=checkbox][name="${field.name}"]`).length === 1;
    const legend = field.closest("fieldset")?.querySelector(":scope > legend");
    if (!named && !alone && !legend?.textContent.trim()) found.push(`no fieldset and legend: ${field.name}`);
  }
  const ids = [...root.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`twice: ${id}`);
  if (!document.documentElement.lang) found.push("no language");
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  return [...new Set(found)];
}
"""
# axe itself tries inline styles, which the portal's policy stops; and a colour on its way to another has no contrast.
FOR_AXE = {"bypass_csp": True, "reduced_motion": "reduce"}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDE, PHONE, NARROW = (1280, 900), (390, 844), (320, 640)


def faults_of(visitor: Visitor, *, within: str = "") -> list[str]:
    """What is wrong with the page as it stands, on a wide screen, on a phone and at 320 px."""
    page = visitor.page
    found = [f"check: {fault}" for fault in page.evaluate(CHECK, within)]
    page.evaluate(AXE)
    for width, height in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width} px: {fault}" for fault in page.evaluate(RUN, [LEVELS, within])]
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    if page.evaluate(OVERFLOW) > 0 and not within:
        found.append("320 px: scrolls sideways")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    return [f"{page.url}: {fault}" for fault in found]


def dark_faults_of(visitor: Visitor) -> list[str]:
    """What is wrong with the page in dark colours."""
    page = visitor.page
    page.emulate_media(color_scheme="dark")
    page.reload()  # half of a page that changes its colours may still be light
    page.evaluate(AXE)
    found = page.evaluate(RUN, [LEVELS, ""])
    page.emulate_media(color_scheme="light")
    return [f"{page.url} dark: {fault}" for fault in found]
