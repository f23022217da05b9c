"""Supervision: urging (催办) and supervised handling with a written order and a reply deadline (督办)."""
