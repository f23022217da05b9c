"""What a template of an official document declares, which names it may read, which markup it may use. No database."""
