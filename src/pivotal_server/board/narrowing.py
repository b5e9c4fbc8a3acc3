"""The conditions of the filters that all layouts of the onboardings share."""

from pivotal_server.board.cards import Filters
from pivotal_server.fields.search import Where

OPEN = "open"
"""In place of a phase: everything that is not completed."""


def add_filters(where: Where, filters: Filters) -> None:
    """Add the conditions of the filters on onboardings ``o`` of customers ``c``."""
    if filters.q:
        words = filters.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        pattern = where.place(f"%{words}%")
        where.add(f"(o.name ILIKE {pattern} OR c.name ILIKE {pattern})")
    if filters.owner == "nobody":
        where.add("o.csm_id IS NULL")
    elif filters.owner:
        where.add("o.csm_id = {}", filters.owner)
    if filters.customer:
        reference = filters.customer_reference
        if reference is None:
            where.add("false")
        else:
            where.add(f"c.{reference.column} = {{}}", reference.value)
    if filters.phase == OPEN:
        where.add("o.completed_at IS NULL")
    elif filters.phase:
        where.add("o.phase = {}", filters.phase)
    for condition, value in (
        ("o.state = {}", filters.state),
        ("{} = ANY (o.tags)", filters.tag),
        ("o.template_id = {}", filters.template),
    ):
        if value:
            where.add(condition, value)
