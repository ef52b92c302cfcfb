"""A person at the browser: uses the pages with the mouse, or with nothing but the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.plumbing.browser import watch

MOST_TABS = 250
# The focus is seen: an outline or a ring on the control or its label, and not all of it behind something else.
SEEN = """
element => {
  const places = [element, element.closest("label"), element.nextElementSibling].filter(Boolean);
  const drawn = places.some((place) => {
    const style = getComputedStyle(place);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  });
  const open = places.slice(0, 2).some((place) => {
    const box = place.getBoundingClientRect();
    const points = [[0.5, 0.5], [0.02, 0.05], [0.98, 0.95], [0.5, 0.05]];
    return points.some(([x, y]) => {
      const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return hit && (place.contains(hit) || hit.contains(place) && hit.tagName === "LABEL");
    });
  });
  const box = element.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const where = `covered at ${box.top}-${box.bottom} of ${innerHeight} by ${hit?.outerHTML.slice(0, 80)}`;
  return drawn ? (open ? "" : where) : "no indicator";
}
"""
IS_FOCUSED = "element => element === document.activeElement"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Visitor:
    """One person's page. ``must_not_see`` are words that may be in no page of theirs."""

    def __init__(self, page: Page, *, by_keyboard: bool = False, has_script: bool = True) -> None:
        self.page = page
        self.has_script = has_script
        self.by_keyboard = by_keyboard
        self.faults = watch(page)
        self.must_not_see: list[str] = []

    def open(self, path: str, *, status: int = 200) -> None:
        """Go to an address."""
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        self.look()

    def find(self, selector: str) -> Locator:
        """The first visible control that the selector names."""
        return self.page.locator(f"{selector} >> visible=true").first

    def press(self, selector: str) -> None:
        """Follow a link or press a button, and look at the page that comes."""
        with self.page.expect_navigation():
            self.touch(selector)
        self.look()

    def touch(self, selector: str) -> None:
        """Press a button that the page itself answers."""
        control = self.find(selector)
        if self.by_keyboard:
            self._reach(control)
            self.page.keyboard.press("Enter")
        else:
            control.click()

    def write(self, selector: str, text: str) -> None:
        """Put text into a field."""
        field = self.find(selector)
        if self.by_keyboard:
            self._reach(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def tick(self, selector: str) -> None:
        """Tick a box or choose an option."""
        box = self.find(selector)
        if not self.by_keyboard:
            box.check()
        elif box.get_attribute("type") == "radio":
            self._choose(box)
        elif not box.is_checked():
            self._reach(box)
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def untick(self, selector: str) -> None:
        """Clear a box."""
        box = self.find(selector)
        if not self.by_keyboard:
            box.uncheck()
        elif box.is_checked():
            self._reach(box)
            self.page.keyboard.press("Space")
        expect(box).not_to_be_checked()

    def select(self, selector: str, value: str) -> None:
        """Choose from a list."""
        field = self.find(selector)
        if self.by_keyboard:
            self._reach(field)
            for _turn in range(field.locator("option").count()):
                if field.input_value() == value:
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            field.select_option(value)
        expect(field).to_have_value(value)

    def date(self, selector: str, same_day_and_month: int, year: int) -> None:
        """Put a date such as 9 September into a date field: a browser may ask for the day or the month first."""
        value = f"{year}-{same_day_and_month:02}-{same_day_and_month:02}"
        field = self.find(selector)
        if self.by_keyboard:
            self._reach(field)
            self.page.keyboard.type(f"{same_day_and_month:02}{same_day_and_month:02}{year}")
        else:
            field.fill(value)
        expect(field).to_have_value(value)

    def look(self) -> None:
        """What holds for every page: nothing that is not theirs, one main heading, no scrolling sideways."""
        content = self.page.content()
        assert [words for words in self.must_not_see if words in content] == []
        assert self.page.locator("h1").count() == 1, self.page.url
        assert self.page.evaluate(OVERFLOW) <= 0, f"{self.page.url} is wider than the window"

    def _choose(self, radio: Locator) -> None:
        """Tab reaches one option of a group; the arrows go on from there."""
        name = radio.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name='{name}']")
        self._tab_until(lambda: self.page.evaluate("document.activeElement.name") == name)
        for _turn in range(group.count()):
            if radio.is_checked():
                return
            self.page.keyboard.press("Space" if radio.evaluate(IS_FOCUSED) else "ArrowDown")

    def _reach(self, control: Locator) -> None:
        control.wait_for(state="visible")
        self._tab_until(lambda: control.evaluate(IS_FOCUSED))
        seen = control.evaluate(SEEN)
        assert seen == "", f"{control}: {seen}"

    def _tab_until(self, arrived: Callable[[], bool]) -> None:
        for _turn in range(MOST_TABS):
            if arrived():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("Tab does not reach the control.")
