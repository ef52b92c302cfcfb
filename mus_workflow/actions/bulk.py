"""Writes of many rows at once, in SQL. Only here may rows be written past the single action's way."""

from __future__ import annotations

from django.db import connections, router

from mus_workflow.models import ChainHead

# The last entry of every chain that has grown since its last head.
_HEADS = """
INSERT INTO mus_workflow_chainhead (checkpoint_id, chain, n, hash)
SELECT %s, entry.chain, entry.n, entry.hash
FROM (SELECT chain, MAX(n) AS n FROM mus_workflow_ledgerentry GROUP BY chain) AS last
JOIN mus_workflow_ledgerentry AS entry ON entry.chain = last.chain AND entry.n = last.n
LEFT JOIN (SELECT chain, MAX(n) AS n FROM mus_workflow_chainhead GROUP BY chain) AS head ON head.chain = last.chain
WHERE head.n IS NULL OR head.n < last.n
"""


def write_chain_heads(checkpoint_number: int) -> int:
    """Write the head of each chain that has grown since the checkpoint before; how many that were.

    A chain that has become shorter keeps the head it had: the missing end is for ``mus_verify`` to find.
    """
    with connections[router.db_for_write(ChainHead)].cursor() as cursor:
        cursor.execute(_HEADS, [checkpoint_number])
        return int(cursor.rowcount)
