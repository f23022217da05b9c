"""The township's ledgers (台账) and the service operations that flows call. Knows no HTTP."""

from __future__ import annotations

from importlib import import_module

#: Every slice and the rooms of it that register something: tables, services, rules.
SLICES = {
    "accounts": ("models", "queries"),
    "standins": ("models", "queries", "rules", "operations"),
    "areas": ("models",),
    "cases": ("models", "terms", "numbers", "registration", "services", "rules", "secrecy", "applying", "standing"),
    "households": ("models", "services", "rules", "reporting", "operations"),
    "filings": ("models", "services", "appointments", "plan", "rules"),
    "assessments": ("models", "services", "persons", "causes", "record"),
    "publicity": ("models", "services", "recount"),
    "objections": ("models", "services", "rules", "operations"),
    "exits": ("services", "starts"),
    "appeals": ("models", "services", "rules", "facts", "starts"),
    "evaluations": ("models", "services"),
    "outreach": ("models", "services"),
    "reviews": ("services", "elders", "plan"),
    "benefits": ("models", "services", "changing", "relief"),
    "notices": ("models", "facts", "corrections", "records", "services", "rules", "extending"),
    "files": ("models", "rules", "receiving", "operations", "plan"),
    "dossiers": ("models", "operations", "plan"),
    "payments": (
        "models",
        "accounts.models",
        "funds.models",
        "marks.models",
        "recovery.models",
        "services",
        "recovery.services",
        "recovery.rules",
        "facts",
        "rules",
        "operations",
    ),
    "complaints": ("models", "services", "answers", "reviews", "reports", "facts", "rules", "operations"),
    "samples": ("models", "services", "rules"),
    "commitments": ("models", "proofs", "services", "facts", "rules", "beginning", "operations"),
    "backentry": ("rules", "bars"),
    "moves": (
        "models",
        "withdrawing",
        "dying",
        "refusing",
        "rescheming",
        "correcting",
        "carrying",
        "facts",
        "rules",
        "operations",
    ),
    "visits": ("models",),
    "supervision": ("models", "rules"),
    "copies": ("models", "rules"),
    "desk": ("models",),
    "talk": ("models",),
    "handovers": ("rules",),
    "parameters": ("rules", "telling"),
    "releases": ("rules", "telling"),
    "demonstration": ("models",),
}
ENGINE = (
    "journal",
    "releases",
    "drafts",
    "deployments",
    "runtime",
    "runtime.returns",
    "runtime.signers",
    "runtime.backentry",
    "runtime.corrections",
    "clocks",
    "ladders",
    "parameters",
    "outbox",
    "holidays",
    "pulse",
)


def install() -> None:
    """Imports every slice, so that its tables, service operations and rules are known to the engine. Idempotent."""
    for room in ENGINE:
        import_module(f"engine.{room}.models")
    import_module("engine.rules.duties")
    for slice_, rooms in SLICES.items():
        for room in rooms:
            import_module(f"registers.{slice_}.{room}")
