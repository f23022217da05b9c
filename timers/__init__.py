"""The APScheduler process: when things happen, never what."""
