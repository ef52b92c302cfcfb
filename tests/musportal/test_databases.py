from musportal.databases import database_from_url


def test_sqlite_waits_for_its_turn_and_writes_ahead():
    database = database_from_url("sqlite:////tmp/portal.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 20
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_postgresql_keeps_its_connections():
    database = database_from_url("postgres://mus:secret@db.example.test/mus")
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["CONN_MAX_AGE"] == 600
    assert "OPTIONS" not in database or "init_command" not in database["OPTIONS"]


def test_postgresql_plans_a_statement_once_unless_the_address_says_otherwise():
    address = "postgres://mus:secret@db.example.test/mus"
    assert database_from_url(address)["OPTIONS"] == {"server_side_binding": True, "prepare_threshold": 5}
    assert not database_from_url(f"{address}?server_side_binding=false")["OPTIONS"]["server_side_binding"]
