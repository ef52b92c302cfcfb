"""Rings of master keys for tests that change them."""

import base64

OLD = base64.b64encode(b"a master key for tests, 32 bytes").decode()
NEW = base64.b64encode(b"the master key of the next year.").decode()
WRONG = base64.b64encode(b"not the key that anything needs.").decode()

# By what is the matter with them. The builders' text is sealed under OLD, by the name of "test".
AS_BUILT = {"test": OLD}
ROTATING = {"new": NEW, "test": OLD}
ROTATED = {"new": NEW}
GONE: dict[str, str] = {}
ANOTHER = {"test": WRONG}
