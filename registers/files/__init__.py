"""Attachments (附件): photos, scans and papers of a case, judged by what they are, kept sealed outside the database."""
