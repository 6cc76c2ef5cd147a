"""What becomes of the tests when the code is broken on purpose."""

import json

from .markdown import NOTICE, ROOT, table

KEPT = ROOT / "docs" / "report" / "mutants.json"


def page() -> str:
    """The page; `script/mutate` measures."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    lines = [
        [
            f"`{one['module']}`",
            str(one["mutants"]),
            str(one["killed"]),
            f"{100 * one['killed'] / one['mutants']:.1f} %" if one["mutants"] else "",
        ]
        for one in kept["modules"]
    ]
    tried = sum(one["mutants"] for one in kept["modules"])
    killed = sum(one["killed"] for one in kept["modules"])
    lines.append(["**all**", str(tried), str(killed), f"{100 * killed / tried:.1f} %"])
    survivors = [
        [f"`{one['module']}` {one['line']}", f"`{one['was']}`", f"`{one['became']}`", one["judged"]]
        for one in kept["survivors"]
    ]
    return (
        f"{NOTICE}# Broken on purpose\n\n"
        "Coverage says that a line ran, not that a test would notice if it were wrong. So lines "
        "are broken one at a time: a `+` becomes a `-`, a `<` a `<=`, a number its neighbour, a "
        "condition its opposite; then the tests of that part run. A mutant is *killed* when a "
        "test fails. **A high share says that the tests are watchful, not that what they demand "
        "is right.**\n\n"
        f"{kept['measured_on']}, `script/mutate`: {kept['how']}\n\n"
        + table(["module", "mutants", "killed", "share"], lines)
        + "\n## What survived\n\nEach survivor was read. *Same* means that no input can tell it "
        "from the code.\n\n" + table(["where", "was", "became", "judged"], survivors)
    )
