"""FEEL, the one language that process owners write: evaluated in a bounded sandbox, every doubt an error.

The library is the one that the editors use in the browser (feelin), inside QuickJS with a memory and a time limit.
What FEEL would quietly turn into null (a missing name, a division by zero, `"3" > 2`) is an ExpressionError here.
"""

from engine.feel.sandbox import check, check_unary, condition, evaluate, evaluate_many, names, paths, unary

__all__ = ["check", "check_unary", "condition", "evaluate", "evaluate_many", "names", "paths", "unary"]
