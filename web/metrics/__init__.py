"""Figures for a monitor (Prometheus): of the web process, of the timers process, of the installation's work."""
