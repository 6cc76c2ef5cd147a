"""Keep one bench's line of JSON, from standard input, in docs/reference/performance.json."""

import ast
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs" / "reference" / "performance.json"


def title_of(name: str) -> str:
    """The first sentence of the bench's own docstring."""
    tree = ast.parse((ROOT / "bench" / f"{name}.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or name).splitlines()[0].rstrip(".")


def main() -> None:
    name = sys.argv[1]
    lines = sys.stdin.read().strip().splitlines()
    if not lines:
        sys.exit(f"bench/{name}.py printed nothing")
    measured = json.loads(lines[-1])
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    kept[name] = {
        "title": title_of(name),
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "figures": measured["figures"],
        "limits": measured.get("limits", {}),
    }
    KEPT.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
