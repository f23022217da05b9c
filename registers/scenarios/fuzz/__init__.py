"""Random walks through the shipped models, lawful and unlawful: each must end in a named end or wait for somebody.

A walk begins somewhere in a story that a process owner wrote (so that it stands at every stage, also after an objection
or a second round), or at a window; then it takes random choices. The same seed takes the same walk.
"""
