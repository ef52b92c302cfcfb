"""What was measured, a line each."""

from dataclasses import dataclass


@dataclass
class Row:
    """One line of the table."""

    case: str
    ours: str
    stock: str
    ratio: str
    goal: str
    is_met: bool


def show(database: str, rows: list[Row]) -> None:
    """Print the lines; those that nothing is measured beside without the columns for it."""
    print(f"\n{database:<74}{'ours':>10}{'stock':>14}{'ratio':>8}{'goal':>10}")
    for row in rows:
        verdict = "met" if row.is_met else "MISSED"
        if row.stock:
            print(f"{row.case:<74}{row.ours:>10}{row.stock:>14}{row.ratio:>8}{row.goal:>10}  {verdict}")
        else:
            print(f"{row.case:<74}{row.ours}  {verdict}")
