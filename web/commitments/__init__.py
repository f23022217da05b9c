"""The record of promises: which proofs may be replaced, who broke a promise, repairing trust."""
