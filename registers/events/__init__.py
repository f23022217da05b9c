"""The event log of finished and running cases, for process mining tools: without anybody's name, number or words."""
