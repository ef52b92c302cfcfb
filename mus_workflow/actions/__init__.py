"""One file per verb: the only code that writes.

An action takes its arguments by keyword, with ``by`` (a user) and ``at`` (an aware datetime); it asks the policy,
writes everything or nothing, and sends only after the commit. It raises Refused, with the reason, and then
nothing has changed.
"""
