"""Small files, small functions."""

import ast

from tests.architecture.repository import name, tree, written

FILE_LINES = 400
FUNCTION_LINES = 50


def test_no_file_is_longer_than_400_lines():
    lengths = {name(file): len(file.read_text().splitlines()) for file in written(".py", ".js", ".css", ".html")}
    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines():
    too_long = [
        f"{name(file)}:{node.lineno} {node.name}"
        for file in written(".py")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert too_long == []
