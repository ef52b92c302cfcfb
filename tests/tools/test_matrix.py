from tools import matrix


def test_a_missing_python_is_told_and_the_matrix_is_not_passed(monkeypatch, capsys):
    monkeypatch.setattr(matrix, "CELLS", [("3.99", "requirements/dev.txt", "Wagtail 9")])
    assert matrix.main() == 1
    assert "NOT RUN: python3.99 was not found" in capsys.readouterr().out
