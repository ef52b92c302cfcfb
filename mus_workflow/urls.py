"""The plugin's addresses, under any prefix."""

from __future__ import annotations

app_name = "mus_workflow"

urlpatterns: list = []
