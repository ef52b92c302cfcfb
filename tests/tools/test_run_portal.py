import socket
import sys

from tools import run_portal


def test_a_busy_port_is_a_plain_message(monkeypatch, capsys):
    with socket.create_server((run_portal.HOST, 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(sys, "argv", ["run_portal", "--port", str(port)])
        assert run_portal.main() == 1
    assert f"Port {port} is in use by another program." in capsys.readouterr().err
