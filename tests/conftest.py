"""What every test may ask for: the cast, the frozen day, a mailbox, a served portal, a browser."""

# In the order in which they import each other.
pytest_plugins = [
    "tests.plumbing.clock",
    "tests.plumbing.properties",
    "tests.plumbing.order",
    "tests.plumbing.collector",
    "tests.plumbing.migrated",
    "tests.cast",
    "tests.plumbing.mail",
    "tests.plumbing.portal",
    "tests.plumbing.browser",
]
