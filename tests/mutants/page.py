"""docs/mutants.md: what killed how many, and each survivor with the reason why it is none, or that there is none."""

from collections import Counter
from pathlib import Path

# Of the mutants that differ from the module, so many have to be killed.
WANTED = 0.97

HEAD = """# Mutants

Written by `make mutants` (tests/mutants/) from what it found. A mutant is a small fault put into a module of rtl/: another
operator, a condition negated or stuck, arms swapped, a constant one off, an assignment deleted, a sign or a bit lost. It is
killed when a simulated core with it differs from the golden model or the register map, or when a proof of its module
finds a counterexample. It is equivalent when nothing that a user of the module may do can show it; why is said in
tests/mutants/equivalent.yaml, and a mutant named there that is killed is an error.
"""


def row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def write(known: dict[str, dict], equivalent: dict[str, str], untried: Counter, path: Path, check: bool) -> int:
    """Writes the page, or with `check` looks whether it is as it would be written; the exit status. `untried`: of each
    module, mutants without any result."""
    wrong = [name for name in equivalent if known.get(name, {}).get("fate") == "killed"]
    same = {name for name in equivalent if name in known and name not in wrong}
    killed = {name for name, result in known.items() if result["fate"] == "killed"}
    holes = {name for name in known if name not in killed and name not in same}
    differing = len(killed) + len(holes)
    share = len(killed) / differing if differing else 0.0
    by = Counter(known[name]["by"].split(":")[0].split(",")[0].split(" ")[0] for name in killed)
    text = [HEAD]
    text.append(
        f"{len(known)} mutants of {len({r['module'] for r in known.values()})} modules: {len(killed)} killed "
        f"({by['core']} in simulated cores, {by['proof']} by proofs), {len(same)} equivalent, {len(holes)} not killed. "
        f"Killed of those that are not equivalent: {100 * share:.1f} %; wanted {100 * WANTED:.0f} %.\n"
    )
    if untried:
        text.append(
            f"**{sum(untried.values())} more have not been tried** since their module, or what tries them, changed, so that the "
            f"share says nothing yet of these: {', '.join(f'{count} of `{module}`' for module, count in sorted(untried.items()))}.\n"
        )
    text += ["## By module", row("module", "mutants", "killed", "equivalent", "not killed"), "|---|--:|--:|--:|--:|"]
    for module in sorted({result["module"] for result in known.values()}):
        mine = {name for name, result in known.items() if result["module"] == module}
        text.append(row(f"`{module}`", len(mine), len(mine & killed), len(mine & same), len(mine & holes)))
    for title, names in (("Not killed", holes), ("Equivalent", same)):
        text += ["", f"## {title}", ""]
        if not names:
            text.append("None.")
            continue
        if names is holes:
            text.append("Each survived the checks named beside it; those not named have not been tried on it yet.\n")
        text += [row("mutant", "text", "becomes", "why" if title == "Equivalent" else "survived"), "|---|---|---|---|"]
        for name in sorted(names):
            result = known[name]
            cells = [f"`{name}`", f"`{result['before']}`", f"`{result['after']}`"]
            tried = ", ".join(sorted({check.split()[0] for check in result["tried"]}))
            text.append(row(*cells, equivalent[name].strip() if name in same else tried))
    whole = "\n".join(text) + "\n"
    stale = check and path.read_text() != whole
    if not check:
        temporary = path.with_suffix(".part")
        temporary.write_text(whole)
        temporary.rename(path)
    said = "looked at" if check else "written"
    print(f"{len(killed)} of {differing} mutants that are not equivalent killed, {100 * share:.1f} %; {path.name} {said}")
    for name in wrong:
        print(f"error: {name} is killed ({known[name]['by']}), and equivalent.yaml calls it equivalent")
    if stale:
        print(f"error: {path.name} is not what results.json has of the present library: make mutants (long), or "
              "tests/mutants/mutants.py --page, which names what has not been tried")
    return 1 if wrong or stale or share < WANTED else 0
