"""Releases as people deal with them: who may propose and confirm one, who hears of it."""
