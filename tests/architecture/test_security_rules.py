"""What no line of the product may do, whatever else it does. docs/asvs.md names these tests."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.repository import name, tree, written

PACKAGES = ("mus_workflow", "mus_pages", "musportal")
UNSAFE = re.compile(
    r"\|\s*safe\b|\|\s*safeseq\b|autoescape off|\bmark_safe\b|\bRawSQL\b|\.raw\(|\.extra\(|\bpickle\b|\bmarshal\b"
    r"|\bsubprocess\b|\bos\.system\b|(?<![.\w])(?:eval|exec)\(|\byaml\b"
)
# Read and found right; at most five. The texts were cleaned when the form was compiled.
UNSAFE_BUT_READ = ["templates/mus_workflow/admin/form_preview.html"]

# What may be called safe although it is neither written here nor put together from what is: each read and found right.
SAFE_BUT_READ = {
    "cleaned when the form was frozen": {
        "section['intro']",
        "question['help']",
        "schema['intro']",
        "own.schema['intro']",
    },
    "cleaned when the concept was frozen": {
        "rules['pay_text']",
        "rules['contact_text']",
        "rules_of(concept)['contact_text'] if concept else ''",
    },
    "cleaned when it was read": {"self.line.source"},
    "what templates of ours rendered": {"html", "_template(question['type']).render(context)"},
    "marks and boxes of ours": {
        "f'{TOKEN}<{name}:{place}:{argument}>'",
        'f"""<div class="mus-pair">{\'\'.join(boxes)}</div>"""',
        "f'{body}<template data-mus-row-template>{_filled(pattern, name, blank)}</template>'",
    },
}
# What is executed although it is not a constant: names of our own tables and triggers, and what the ORM compiled.
SQL_BUT_READ = {
    "mus_workflow/history/integrity.py": {
        "f'PRAGMA integrity_check({MOST})'",
        "f'PRAGMA foreign_key_check({table})'",
        "query",
    },
    "mus_workflow/history/ledger_rows.py": {"*query.get_compiler(router.db_for_read(LedgerEntry)).as_sql()"},
    "mus_workflow/models/kept_query.py": {"sql"},
    "mus_workflow/models/triggers.py": {"_drop(connection.vendor, name, table)", "statement"},
}
NETWORK = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "socket", "ftplib", "smtplib", "urllib3"}
SPREADSHEETS = {"csv", "openpyxl", "xlsxwriter", "xlwt", "pandas", "odf", "tablib"}
HASHES = {"sha256", "sha512"}
# Paths of hashes, counts of requests and of attempts, and addresses of the guide's pages.
CACHED = [
    "mus_workflow/history/proofs.py",
    "mus_workflow/throttling.py",
    "mus_workflow/views/framing.py",
    "mus_workflow/views/reauthentication.py",
]
AS_MARKUP = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTML|setHTMLUnsafe|createContextualFragment"
    r"|DOMParser|eval|Function)\b\s*[=(]|\bnew Function\b"
)


def product(*suffixes: str) -> Iterator[Path]:
    """Yield what people wrote of the product itself: no tests, no tools."""
    for file in written(*suffixes):
        if name(file).split("/")[0] in (*PACKAGES, "templates"):
            yield file


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Yield every node of a kind in the product's code, with the file it is in."""
    for file in product(".py"):
        for node in ast.walk(tree(file)):
            if isinstance(node, kind):
                yield name(file), node


def calls(*wanted: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a function or method of these names."""
    for file, node in nodes(ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in wanted:
            yield file, node


def imported() -> Iterator[tuple[str, str]]:
    """Yield every module that the product's code imports, as it is named, and each of its parents."""
    for file, node in [*nodes(ast.Import), *nodes(ast.ImportFrom)]:
        modules = [one.name for one in node.names] if isinstance(node, ast.Import) else _from(node)
        for module in modules:
            parts = module.split(".")
            yield from ((file, ".".join(parts[:length])) for length in range(1, len(parts) + 1))


def _from(node: ast.ImportFrom) -> list[str]:
    return [f"{node.module}.{one.name}" for one in node.names] if node.module and not node.level else []


def test_there_is_a_product_to_read():
    assert len(list(product(".py"))) > 200
    assert len(list(product(".html"))) > 50
    assert len(list(product(".js"))) > 10


def test_nothing_unsafe_is_used_but_what_was_read():
    found = [name(file) for file in product(".py", ".html") if UNSAFE.search(file.read_text())]
    assert found == UNSAFE_BUT_READ
    assert len(UNSAFE_BUT_READ) <= 5


@pytest.mark.parametrize(
    "line",
    [
        "{{ text|safe }}",
        "{% autoescape off %}",
        "mark_safe(text)",
        "RawSQL(text, [])",
        "people.raw(text)",
        "rows.extra(where=[text])",
        "eval(text)",
        " exec(text)",
        "import pickle",
        "subprocess.run(text)",
    ],
)
def test_what_is_unsafe_is_recognised(line):
    assert UNSAFE.search(line)
    assert not UNSAFE.search("NAME.exec(name) · all requests. · self.safe")


def test_nothing_is_called_safe_but_what_is_ours_or_was_cleaned():
    read = set().union(*SAFE_BUT_READ.values())
    found = {
        (file, ast.unparse(call.args[0])) for file, call in calls("SafeString") if not _is_put_together(call.args[0])
    }
    assert {expression for _file, expression in found} == read


def test_patterns_of_markup_are_constants():
    wrong = [
        f"{file}: {ast.unparse(pattern)}"
        for function, place in (("format_html", 0), ("format_html_join", 1))
        for file, call in calls(function)
        if isinstance(pattern := call.args[place], ast.JoinedStr | ast.BinOp | ast.Call)
    ]
    assert wrong == []


def test_no_sql_is_put_together_from_what_people_send():
    found: dict[str, set[str]] = {}
    for file, call in calls("execute", "executemany"):
        if not isinstance(call.args[0], ast.Constant) and not ast.unparse(call.args[0]).lstrip("_").isupper():
            found.setdefault(file, set()).add(ast.unparse(call.args[0]))
    assert found == SQL_BUT_READ


def test_no_template_is_made_of_text():
    assert [file for file, _call in calls("Template", "from_string", "Engine", "render_from_string")] == []


def test_only_the_sinks_that_the_settings_name_are_reached_over_the_network():
    assert {file for file, module in imported() if module in NETWORK} == {"mus_workflow/sinks.py"}


def test_no_block_or_rich_text_fetches_what_an_editor_names():
    embedding = [file for file, node in nodes(ast.Constant) if node.value in ("embed", "image")]
    assert embedding == []
    assert [file for file, _call in calls("EmbedBlock", "get_embed")] == []


def test_there_is_no_spreadsheet_to_write_a_formula_into():
    assert [file for file, module in imported() if module in SPREADSHEETS] == []
    named = [file for file, node in nodes(ast.Name) if node.id in ("list_export", "export_filename", "export_headings")]
    assert named == []


def test_chance_comes_from_the_operating_system():
    assert [file for file, module in imported() if module in ("random", "numpy")] == []
    assert [file for file, _call in calls("uuid1", "getnode")] == []


def test_hashes_are_sha_256_or_longer():
    used = {node.attr for _file, node in nodes(ast.Attribute) if ast.unparse(node.value) == "hashlib"}
    assert used
    assert used <= HASHES
    assert [file for file, module in imported() if module in ("hashlib.md5", "hashlib.sha1", "hashlib.new")] == []


def test_scripts_write_text_and_never_markup():
    assert [name(file) for file in product(".js") if AS_MARKUP.search(file.read_text())] == []
    assert AS_MARKUP.search("box.innerHTML = words")


def test_what_is_sent_in_an_address_is_never_typed_in_confidence():
    for file in product(".html"):
        for form in re.findall(r"<form\b.*?(?:</form>|\Z)", file.read_text(), re.DOTALL):
            opening = form.partition(">")[0]
            if 'method="post"' not in opening:
                assert "textarea" not in form, name(file)
                assert "password" not in form, name(file)
                assert "csrf_token" not in form, name(file)


def test_the_servers_cache_is_used_in_four_places_only():
    using = {file for file, module in imported() if module == "django.core.cache"}
    assert sorted(using) == CACHED


def test_no_page_loads_anything_from_another_site():
    elsewhere = re.compile(
        r"(?:src|srcset|action|poster)=[\"'](?:https?:)?//|<link[^>]+href=[\"'](?:https?:)?//|@import[^;]*//"
    )
    assert [name(file) for file in product(".html", ".css") if elsewhere.search(file.read_text())] == []
    reaching = re.compile(r"(?:fetch|import|sendBeacon|WebSocket|EventSource)\s*\(?\s*[\"'`](?:\w+:)?//")
    assert [name(file) for file in product(".js") if reaching.search(file.read_text())] == []


def _is_put_together(value: ast.expr) -> bool:
    """Whether it is written in the code, or joined from pieces that stand there as markup already."""
    is_joined = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "join"
    return isinstance(value, ast.Constant) or is_joined
