"""The desk: what is to do, doing it, starting an application, a case."""
